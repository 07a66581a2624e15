<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Shown at any address that is not there, so every link names the site in full. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'missing']" mode="title">
    <xsl:value-of select="concat(key('string', 'missingTitle'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'missing']" mode="head">
    <meta name="robots" content="noindex"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'missing']" mode="main">
    <h1><xsl:apply-templates select="key('string', 'missingTitle')"/></h1>
    <p class="lead"><xsl:apply-templates select="key('string', 'missingText')"/></p>
    <ul class="buttons">
      <li><a class="button" href="{$root}index.html"><xsl:apply-templates select="key('string', 'allEpisodes')"/></a></li>
      <li><a class="button quiet" href="{$root}sok/index.html"><xsl:apply-templates select="key('string', 'search')"/></a></li>
    </ul>
  </xsl:template>
</xsl:stylesheet>
