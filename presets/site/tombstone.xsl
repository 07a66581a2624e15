<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Shown for every address of an episode that was taken down, so every link names the site in full. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'tombstone']" mode="title">
    <xsl:value-of select="concat(key('string', 'goneTitle'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'tombstone']" mode="head">
    <meta name="robots" content="noindex"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'tombstone']" mode="main">
    <h1><xsl:apply-templates select="key('string', 'goneTitle')"/></h1>
    <p class="lead"><xsl:apply-templates select="key('string', 'goneText')"/></p>
    <xsl:if test="month or theme">
      <p class="facts">
        <xsl:for-each select="month">
          <time datetime="{@iso}"><xsl:call-template name="lang"/><xsl:value-of select="."/></time>
          <xsl:text> </xsl:text>
        </xsl:for-each>
        <xsl:for-each select="theme">
          <a href="{$root}tema/{@id}/index.html"><xsl:call-template name="show-lang"/><xsl:value-of select="."/></a>
        </xsl:for-each>
      </p>
    </xsl:if>
    <xsl:for-each select="also">
      <section lang="{@lang}">
        <h2><xsl:value-of select="@title"/></h2>
        <p><xsl:value-of select="."/></p>
      </section>
    </xsl:for-each>
    <ul class="buttons">
      <li><a class="button" href="{$root}index.html"><xsl:apply-templates select="key('string', 'allEpisodes')"/></a></li>
      <li><a class="button quiet" href="{$root}sok/index.html"><xsl:apply-templates select="key('string', 'search')"/></a></li>
    </ul>
  </xsl:template>
</xsl:stylesheet>
