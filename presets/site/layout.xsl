<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- What all pages share. The document is described in pipeline/doc/site.h. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="string" match="/page/strings/s" use="@key"/>
  <xsl:variable name="root" select="string(/page/@root)"/>
  <xsl:variable name="site" select="string(/page/@site)"/>
  <xsl:variable name="show" select="/page/show"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title><xsl:apply-templates select="." mode="title"/></title>
        <xsl:apply-templates select="." mode="head"/>
        <link rel="alternate" type="application/rss+xml" href="{$root}feed.xml" title="{show/title}"/>
        <meta name="color-scheme" content="light dark"/>
      </head>
      <body>
        <a class="skip" href="#innhold"><xsl:value-of select="key('string', 'skip')"/></a>
        <header class="top">
          <xsl:apply-templates select="." mode="top"/>
        </header>
        <main id="innhold" tabindex="-1">
          <xsl:apply-templates select="." mode="main"/>
        </main>
        <footer class="bottom">
          <xsl:apply-templates select="show" mode="foot"/>
        </footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="style">
    <link rel="stylesheet" href="{$root}style.css"/>
  </xsl:template>

  <xsl:template match="page" mode="top">
    <p class="show"><a href="{$root}index.html"><xsl:value-of select="show/title"/></a></p>
  </xsl:template>

  <xsl:template match="show" mode="foot">
    <p>
      <xsl:value-of select="key('string', 'publisher')"/>
      <xsl:text> </xsl:text>
      <xsl:value-of select="author"/>
      <xsl:if test="email">
        <xsl:text> · </xsl:text>
        <a href="mailto:{email}"><xsl:value-of select="email"/></a>
      </xsl:if>
    </p>
    <p><a href="{$root}feed.xml"><xsl:value-of select="key('string', 'feed')"/></a></p>
  </xsl:template>

  <!-- Number, colour and name: the colour never stands alone. -->
  <xsl:template name="goals">
    <xsl:param name="label" select="key('string', 'goals')"/>
    <xsl:if test="goal">
      <ul class="goals" aria-label="{$label}">
        <xsl:for-each select="goal">
          <li class="goal-{@number}">
            <b><xsl:value-of select="@number"/></b>
            <xsl:text> </xsl:text>
            <span><xsl:value-of select="."/></span>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
  </xsl:template>

  <!-- "Gjest" for one, "Gjester" for more: the element's name is the string's, with an s. -->
  <xsl:template name="label">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of[2]"><xsl:value-of select="key('string', concat(name($of[1]), 's'))"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="key('string', name($of[1]))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="number">
    <xsl:choose>
      <xsl:when test="@kind = 'trailer' or @kind = 'bonus'">
        <xsl:value-of select="key('string', @kind)"/>
      </xsl:when>
      <xsl:when test="@number">
        <xsl:value-of select="key('string', 'episode')"/>
        <xsl:text> </xsl:text>
        <xsl:value-of select="@number"/>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- "Episode 2 · 12. februar 2026 · 42 min" -->
  <xsl:template name="facts">
    <p class="facts">
      <xsl:variable name="number"><xsl:call-template name="number"/></xsl:variable>
      <xsl:if test="string($number)">
        <span><xsl:value-of select="$number"/></span>
        <xsl:text> </xsl:text>
      </xsl:if>
      <time datetime="{date/@iso}"><xsl:value-of select="date"/></time>
      <xsl:if test="length">
        <xsl:text> </xsl:text>
        <time datetime="{length/@iso}"><xsl:value-of select="length"/></time>
      </xsl:if>
    </p>
  </xsl:template>

  <!-- A language other than the page's is said (WCAG 3.1.2). -->
  <xsl:template name="lang">
    <xsl:if test="@lang and @lang != /page/@lang">
      <xsl:attribute name="lang"><xsl:value-of select="@lang"/></xsl:attribute>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
