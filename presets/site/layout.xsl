<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- What all pages share. The document is described in pipeline/doc/site.h. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="string" match="/page/strings/s" use="@key"/>
  <xsl:variable name="root" select="string(/page/@root)"/>
  <xsl:variable name="site" select="string(/page/@site)"/>
  <xsl:variable name="show" select="/page/show"/>
  <xsl:variable name="kind" select="/page/@kind"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"/>
        <meta name="referrer" content="strict-origin-when-cross-origin"/>
        <title><xsl:apply-templates select="." mode="title"/></title>
        <link rel="stylesheet" href="{$root}style.css"/>
        <link rel="icon" type="image/svg+xml" href="{$root}icon.svg"/>
        <xsl:if test="@path">
          <link rel="canonical" href="{$site}{@path}"/>
          <meta property="og:url" content="{$site}{@path}"/>
          <meta property="og:site_name" content="{show/title}"/>
        </xsl:if>
        <xsl:apply-templates select="." mode="head"/>
        <link rel="alternate" type="application/rss+xml" href="{$root}feed.xml" title="{show/title}"/>
        <meta name="color-scheme" content="light dark"/>
        <xsl:if test="jsonld">
          <script type="application/ld+json"><xsl:value-of select="jsonld"/></script>
        </xsl:if>
      </head>
      <xsl:apply-templates select="." mode="body"/>
    </html>
  </xsl:template>

  <xsl:template match="page" mode="body">
    <body>
      <a class="skip" href="#innhold"><xsl:apply-templates select="key('string', 'skip')"/></a>
      <header class="top">
        <div>
          <xsl:call-template name="brand"/>
          <nav aria-label="{key('string', 'menu')}">
            <ul>
              <xsl:call-template name="place-to-go">
                <xsl:with-param name="to" select="'index'"/>
                <xsl:with-param name="string" select="'episodes'"/>
              </xsl:call-template>
              <xsl:call-template name="place-to-go">
                <xsl:with-param name="to" select="'calendar'"/>
                <xsl:with-param name="folder" select="'kalender/'"/>
                <xsl:with-param name="string" select="'calendar'"/>
              </xsl:call-template>
              <xsl:call-template name="place-to-go">
                <xsl:with-param name="to" select="'search'"/>
                <xsl:with-param name="folder" select="'sok/'"/>
                <xsl:with-param name="string" select="'search'"/>
              </xsl:call-template>
              <xsl:call-template name="place-to-go">
                <xsl:with-param name="to" select="'about'"/>
                <xsl:with-param name="folder" select="'om/'"/>
                <xsl:with-param name="string" select="'aboutShow'"/>
              </xsl:call-template>
            </ul>
          </nav>
        </div>
      </header>
      <main id="innhold" tabindex="-1">
        <xsl:apply-templates select="." mode="main"/>
      </main>
      <footer class="bottom">
        <xsl:apply-templates select="show" mode="foot"/>
      </footer>
    </body>
  </xsl:template>

  <xsl:template name="brand">
    <p class="brand">
      <a href="{$root}index.html">
        <xsl:call-template name="show-lang"/>
        <xsl:choose>
          <xsl:when test="$show/@logo">
            <img class="logo" src="{$root}{$show/@logo}" alt="{$show/author}"/>
            <xsl:if test="$kind != 'index'"><xsl:text> </xsl:text><span><xsl:value-of select="$show/title"/></span></xsl:if>
          </xsl:when>
          <xsl:when test="$kind = 'index' and $show/author"><xsl:value-of select="$show/author"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="$show/title"/></xsl:otherwise>
        </xsl:choose>
      </a>
    </p>
  </xsl:template>

  <xsl:template name="place-to-go">
    <xsl:param name="to"/>
    <xsl:param name="folder"/>
    <xsl:param name="string"/>
    <li>
      <a href="{$root}{$folder}index.html">
        <xsl:if test="$kind = $to"><xsl:attribute name="aria-current">page</xsl:attribute></xsl:if>
        <xsl:apply-templates select="key('string', $string)"/>
      </a>
    </li>
  </xsl:template>

  <xsl:template match="show" mode="foot">
    <div>
      <p>
        <xsl:if test="author">
          <xsl:apply-templates select="key('string', 'publisher')"/>
          <xsl:text> </xsl:text>
          <span><xsl:call-template name="show-lang"/><xsl:value-of select="author"/></span>
          <xsl:text>. </xsl:text>
        </xsl:if>
        <xsl:if test="email">
          <a href="mailto:{email}"><xsl:value-of select="email"/></a>
        </xsl:if>
      </p>
      <ul>
        <li><a href="{$root}feed.xml"><xsl:apply-templates select="key('string', 'feed')"/></a></li>
        <li><a href="{$root}kalender/index.html"><xsl:apply-templates select="key('string', 'calendar')"/></a></li>
        <li><a href="{$root}om/index.html#tilgjengelighet"><xsl:apply-templates select="key('string', 'accessibility')"/></a></li>
      </ul>
      <p class="help"><xsl:apply-templates select="key('string', 'privacy')"/></p>
    </div>
  </xsl:template>

  <!-- Where the show can be followed: the feed, and directories that show.yaml names. -->
  <!-- What is said of a resource, and whom to ask. -->
  <xsl:template name="resource-more">
    <xsl:if test="@text"><p><xsl:call-template name="lang"/><xsl:value-of select="@text"/></p></xsl:if>
    <xsl:if test="@contact"><p><a href="mailto:{@contact}"><xsl:value-of select="@contact"/></a></p></xsl:if>
  </xsl:template>

  <xsl:template name="subscribe">
    <section class="subscribe" aria-labelledby="abonner">
      <h2 id="abonner"><xsl:apply-templates select="key('string', 'subscribe')"/></h2>
      <ul class="buttons">
        <xsl:for-each select="$show/directory">
          <li><a class="button" href="{@url}"><xsl:value-of select="."/></a></li>
        </xsl:for-each>
        <li><a class="button" href="{$root}feed.xml"><xsl:apply-templates select="key('string', 'feed')"/></a></li>
        <xsl:if test="$show/@calendar">
          <li><a class="button quiet" href="{$root}{$show/@calendar}"><xsl:apply-templates select="key('string', 'calendarFile')"/></a></li>
        </xsl:if>
      </ul>
      <p class="help"><xsl:apply-templates select="key('string', 'subscribeText')"/><br/><span class="address"><xsl:value-of select="concat($site, 'feed.xml')"/></span></p>
    </section>
  </xsl:template>

  <!-- A string that the page's language lacks is in bokmål, and says so (WCAG 3.1.2). -->
  <xsl:template match="s">
    <xsl:choose>
      <xsl:when test="@lang"><span lang="{@lang}"><xsl:value-of select="."/></span></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Number, colour and name: the colour never stands alone. -->
  <xsl:template name="goals">
    <xsl:param name="label" select="key('string', 'goals')"/>
    <xsl:if test="goal">
      <ul class="goals" aria-label="{$label}">
        <xsl:for-each select="goal"><xsl:call-template name="chip"/></xsl:for-each>
      </ul>
    </xsl:if>
  </xsl:template>

  <xsl:template name="chip">
    <li>
      <a class="goal-{@number}" href="{$root}maal/{@number}/index.html">
        <b><xsl:value-of select="@number"/></b>
        <xsl:text> </xsl:text>
        <span><xsl:value-of select="."/></span>
      </a>
    </li>
  </xsl:template>

  <!-- "Gjest" for one, "Gjester" for more: the element's name is the string's, with an s. -->
  <xsl:template name="label">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of[2]"><xsl:apply-templates select="key('string', concat(name($of[1]), 's'))"/></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="key('string', name($of[1]))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="number">
    <xsl:choose>
      <xsl:when test="@kind = 'trailer' or @kind = 'bonus'">
        <xsl:apply-templates select="key('string', @kind)"/>
      </xsl:when>
      <xsl:when test="@number">
        <xsl:apply-templates select="key('string', 'episode')"/>
        <xsl:text> </xsl:text>
        <xsl:value-of select="@number"/>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- "Episode 2 · 12. februar 2026 · 42 min" -->
  <xsl:template name="facts">
    <p class="facts">
      <xsl:if test="@number or @kind = 'trailer' or @kind = 'bonus'">
        <span><xsl:call-template name="number"/></span>
        <xsl:text> </xsl:text>
      </xsl:if>
      <xsl:apply-templates select="date"/>
      <xsl:if test="length">
        <xsl:text> </xsl:text>
        <time datetime="{length/@iso}"><xsl:value-of select="length"/></time>
      </xsl:if>
    </p>
  </xsl:template>

  <xsl:template match="date">
    <time datetime="{@iso}">
      <xsl:call-template name="lang"/>
      <xsl:value-of select="."/>
    </time>
  </xsl:template>

  <!-- A language other than the page's is said (WCAG 3.1.2). -->
  <xsl:template name="lang">
    <xsl:if test="@lang and @lang != /page/@lang">
      <xsl:attribute name="lang"><xsl:value-of select="@lang"/></xsl:attribute>
    </xsl:if>
  </xsl:template>

  <xsl:template name="show-lang">
    <xsl:if test="$show/@lang and $show/@lang != /page/@lang">
      <xsl:attribute name="lang"><xsl:value-of select="$show/@lang"/></xsl:attribute>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
