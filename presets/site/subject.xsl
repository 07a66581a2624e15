<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- A theme, a goal, a municipality: its episodes, and what they gathered. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[subject]" mode="title">
    <xsl:if test="@kind = 'goal'"><xsl:value-of select="concat(key('string', 'goal'), ' ', subject/@name, ': ')"/></xsl:if>
    <xsl:value-of select="concat(subject/@title, ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[subject]" mode="head">
    <xsl:if test="subject/@feed">
      <link rel="alternate" type="application/rss+xml" title="{subject/@title}" href="{$root}{subject/@feed}"/>
    </xsl:if>
    <xsl:call-template name="og">
      <xsl:with-param name="title" select="subject/@title"/>
      <xsl:with-param name="text" select="concat(key('string', concat('about-', @kind)), ' ', subject/@title, '.')"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="page[subject]" mode="main">
    <div class="subject">
      <p class="facts"><xsl:apply-templates select="key('string', concat('kind-of-', @kind))"/></p>
      <h1>
        <xsl:choose>
          <xsl:when test="@kind = 'goal'">
            <span class="goal-{subject/@name} number"><xsl:value-of select="subject/@name"/></span>
            <xsl:text> </xsl:text>
          </xsl:when>
        </xsl:choose>
        <span class="theme"><xsl:value-of select="subject/@title"/></span>
        <xsl:if test="subject/second">
          <xsl:text> – </xsl:text>
          <span lang="{subject/second/@lang}"><xsl:value-of select="subject/second"/></span>
        </xsl:if>
      </h1>
    </div>
    <xsl:if test="subject/@feed">
      <p class="buttons"><a class="button quiet" href="{$root}{subject/@feed}"><xsl:apply-templates select="key('string', 'feedOfThis')"/></a></p>
    </xsl:if>
    <xsl:call-template name="broadcasts"/>
    <section aria-labelledby="episoder">
      <h2 id="episoder"><xsl:apply-templates select="key('string', 'episodes')"/></h2>
      <xsl:call-template name="episodes"/>
    </section>
    <xsl:call-template name="resources"/>
    <xsl:if test="kit">
      <section class="downloads" aria-labelledby="pakke">
        <h2 id="pakke"><xsl:apply-templates select="key('string', 'kit')"/></h2>
        <ul>
          <xsl:for-each select="kit">
            <li><a href="{$root}{@path}" download=""><xsl:value-of select="concat(., ', ', @format, ', ', @size)"/></a></li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
    <xsl:if test="month">
      <section class="months" aria-labelledby="maaneder">
        <h2 id="maaneder"><xsl:apply-templates select="key('string', 'inCalendar')"/></h2>
        <ul>
          <xsl:for-each select="month">
            <li>
              <b class="theme"><xsl:call-template name="lang"/><xsl:value-of select="concat(@name, ' ', @year)"/></b>
              <xsl:if test="theme">
                <xsl:text>: </xsl:text>
                <a class="theme" href="{$root}tema/{theme/@id}/index.html"><xsl:value-of select="theme"/></a>
              </xsl:if>
              <xsl:call-template name="goals"/>
            </li>
          </xsl:for-each>
        </ul>
        <p><a href="{$root}kalender/index.html"><xsl:apply-templates select="key('string', 'wholeCalendar')"/></a></p>
      </section>
    </xsl:if>
    <xsl:if test="@kind = 'goal' and subject/@iri">
      <p class="help"><xsl:apply-templates select="key('string', 'goalMore')"/><xsl:text> </xsl:text><a href="{subject/@iri}"><xsl:value-of select="subject/@iri"/></a></p>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
