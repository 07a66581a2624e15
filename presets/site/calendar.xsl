<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The year as a wheel, and the same, with links, as a list. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'calendar']" mode="title">
    <xsl:value-of select="concat(key('string', 'calendar'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'calendar']" mode="head">
    <xsl:call-template name="og">
      <xsl:with-param name="title" select="concat(key('string', 'calendar'), ' ', year[@wheel]/@number)"/>
      <xsl:with-param name="text" select="string(key('string', 'calendarText'))"/>
    </xsl:call-template>
    <xsl:if test="$show/@calendar">
      <link rel="alternate" type="text/calendar" href="{$root}{$show/@calendar}" title="{key('string', 'calendar')}"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="page[@kind = 'calendar']" mode="main">
    <h1><xsl:apply-templates select="key('string', 'calendar')"/></h1>
    <p class="lead"><xsl:apply-templates select="key('string', 'calendarText')"/></p>
    <xsl:if test="$show/@calendar">
      <ul class="buttons">
        <li><a class="button" href="{$root}{$show/@calendar}"><xsl:apply-templates select="key('string', 'calendarFile')"/></a></li>
      </ul>
    </xsl:if>
    <xsl:apply-templates select="year[@wheel]" mode="wheel"/>
    <xsl:apply-templates select="year"/>
  </xsl:template>

  <!-- The list below says the same, so that the drawing needs no more than a name. -->
  <xsl:template match="year" mode="wheel">
    <xsl:if test="month/theme">
      <svg class="wheel" viewBox="-320 -320 640 640" width="640" height="640" role="img" aria-labelledby="hjul">
        <title id="hjul"><xsl:value-of select="concat(key('string', 'wheelAlt'), ' ', @number)"/></title>
        <xsl:for-each select="month">
          <g>
            <xsl:attribute name="class">
              <xsl:choose>
                <xsl:when test="theme"><xsl:value-of select="concat('hue-', theme/@hue)"/></xsl:when>
                <xsl:otherwise>hue-0</xsl:otherwise>
              </xsl:choose>
            </xsl:attribute>
            <path d="{@d}"/>
            <g transform="translate({@x} {@y})">
              <text class="name" y="-22" text-anchor="middle"><xsl:value-of select="@short"/></text>
              <xsl:if test="theme">
                <text y="1" text-anchor="middle"><xsl:value-of select="theme"/></text>
              </xsl:if>
              <xsl:variable name="n" select="count(goal)"/>
              <xsl:for-each select="goal[position() &lt; 5]">
                <xsl:variable name="at" select="(position() - 1 - ($n - 1) div 2) * 28"/>
                <g class="goal-{@number}" transform="translate({$at} 24)">
                  <circle r="12.5"/>
                  <text class="dot" y="5" text-anchor="middle"><xsl:value-of select="@number"/></text>
                </g>
              </xsl:for-each>
            </g>
          </g>
        </xsl:for-each>
        <text class="year" y="22" text-anchor="middle"><xsl:value-of select="@number"/></text>
      </svg>
    </xsl:if>
  </xsl:template>

  <xsl:template match="year">
    <section class="year" aria-labelledby="aar-{@number}">
      <h2 id="aar-{@number}"><xsl:value-of select="@number"/></h2>
      <ol>
        <xsl:apply-templates select="month"/>
      </ol>
    </section>
  </xsl:template>

  <xsl:template match="month">
    <li>
      <h3><span class="theme"><xsl:call-template name="lang"/><xsl:value-of select="@name"/></span>
        <xsl:if test="theme">
          <xsl:text>: </xsl:text>
          <a href="{$root}tema/{theme/@id}/index.html"><xsl:value-of select="theme"/></a>
        </xsl:if>
      </h3>
      <xsl:call-template name="goals"/>
      <xsl:for-each select="broadcast">
        <div class="broadcast">
          <p class="facts"><b><xsl:apply-templates select="key('string', 'broadcast')"/></b></p>
          <xsl:apply-templates select="."/>
        </div>
      </xsl:for-each>
      <xsl:if test="episode">
        <ul class="heard">
          <xsl:for-each select="episode">
            <li>
              <a href="{$root}episodes/{@slug}/index.html"><xsl:call-template name="lang"/><xsl:value-of select="title"/></a>
              <xsl:text> </xsl:text>
              <span class="facts"><xsl:apply-templates select="date"/></span>
            </li>
          </xsl:for-each>
        </ul>
      </xsl:if>
    </li>
  </xsl:template>
</xsl:stylesheet>
