<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The front page: the show and all its episodes, newest first. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page" mode="title"><xsl:value-of select="show/title"/></xsl:template>

  <xsl:template match="page" mode="head">
    <xsl:call-template name="style"/>
    <link rel="canonical" href="{$site}"/>
    <xsl:if test="show/summary">
      <meta name="description" content="{show/summary}"/>
      <meta property="og:description" content="{show/summary}"/>
    </xsl:if>
    <meta property="og:type" content="website"/>
    <meta property="og:title" content="{show/title}"/>
    <meta property="og:url" content="{$site}"/>
    <xsl:if test="show/@cover">
      <meta property="og:image" content="{$site}{show/@cover}"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="page[@kind = 'index']" mode="top">
    <p class="show"><xsl:value-of select="show/author"/></p>
  </xsl:template>

  <xsl:template match="page" mode="main">
    <div class="head">
      <xsl:if test="show/@cover">
        <img class="cover" src="{$root}{show/@cover}" width="600" height="600"
             alt="{key('string', 'coverAlt')}: {show/title}"/>
      </xsl:if>
      <div>
        <h1><xsl:value-of select="show/title"/></h1>
        <xsl:if test="show/summary">
          <p class="lead"><xsl:value-of select="show/summary"/></p>
        </xsl:if>
        <p class="subscribe"><xsl:value-of select="key('string', 'subscribeText')"/><br/><a href="{$root}feed.xml"><xsl:value-of select="concat($site, 'feed.xml')"/></a></p>
      </div>
    </div>
    <h2><xsl:value-of select="key('string', 'episodes')"/></h2>
    <xsl:if test="not(episode)">
      <p><xsl:value-of select="key('string', 'none')"/></p>
    </xsl:if>
    <xsl:if test="episode">
      <ol class="episodes" reversed="">
        <xsl:apply-templates select="episode"/>
      </ol>
    </xsl:if>
  </xsl:template>

  <xsl:template match="episode">
    <li>
      <article>
        <xsl:call-template name="lang"/>
        <xsl:call-template name="facts"/>
        <h3><a href="{$root}episodes/{@slug}/index.html"><xsl:value-of select="title"/></a></h3>
        <xsl:if test="summary">
          <p><xsl:value-of select="summary"/></p>
        </xsl:if>
        <xsl:if test="theme or guest or place">
          <p class="who">
            <xsl:if test="theme">
              <span><xsl:value-of select="concat(key('string', 'theme'), ': ', theme)"/></span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="guest">
              <span>
                <xsl:call-template name="label"><xsl:with-param name="of" select="guest"/></xsl:call-template>
                <xsl:text>: </xsl:text>
                <xsl:for-each select="guest">
                  <xsl:if test="position() &gt; 1">, </xsl:if>
                  <xsl:value-of select="."/>
                </xsl:for-each>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="place">
              <span>
                <xsl:for-each select="place">
                  <xsl:if test="position() &gt; 1">, </xsl:if>
                  <xsl:value-of select="."/>
                </xsl:for-each>
              </span>
            </xsl:if>
          </p>
        </xsl:if>
        <xsl:call-template name="goals"/>
      </article>
    </li>
  </xsl:template>
</xsl:stylesheet>
