<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Shown at any address that is not there, so every link names the site in full. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page" mode="title">
    <xsl:value-of select="concat(key('string', 'missingTitle'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page" mode="head">
    <xsl:call-template name="style"/>
    <meta name="robots" content="noindex"/>
  </xsl:template>

  <xsl:template match="page" mode="main">
    <h1><xsl:value-of select="key('string', 'missingTitle')"/></h1>
    <p class="lead"><xsl:value-of select="key('string', 'missingText')"/></p>
    <p><a href="{$root}index.html"><xsl:value-of select="key('string', 'allEpisodes')"/></a></p>
  </xsl:template>
</xsl:stylesheet>
