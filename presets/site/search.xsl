<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The search; without script, all episodes to look through. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'search']" mode="title">
    <xsl:value-of select="concat(key('string', 'search'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'search']" mode="head">
    <xsl:call-template name="og">
      <xsl:with-param name="title" select="concat(key('string', 'search'), ' – ', show/title)"/>
      <xsl:with-param name="text" select="string(key('string', 'searchText'))"/>
    </xsl:call-template>
    <script src="{$root}search.js" defer=""/>
  </xsl:template>

  <xsl:template match="page[@kind = 'search']" mode="main">
    <h1><xsl:apply-templates select="key('string', 'search')"/></h1>
    <p class="lead"><xsl:apply-templates select="key('string', 'searchText')"/></p>
    <form class="search" role="search" hidden="" data-root="{$root}"
          data-none="{key('string', 'searchNone')}" data-one="{key('string', 'searchOne')}"
          data-many="{key('string', 'searchMany')}" data-failed="{key('string', 'searchFailed')}">
      <label for="ord"><xsl:apply-templates select="key('string', 'searchLabel')"/></label>
      <input id="ord" name="q" type="search" autocomplete="off" spellcheck="false"/>
    </form>
    <p class="help" id="funn" role="status"></p>
    <ul class="found" id="treff"></ul>
    <section id="alle" aria-labelledby="episoder">
      <h2 id="episoder"><xsl:apply-templates select="key('string', 'allEpisodes')"/></h2>
      <xsl:call-template name="episodes"/>
    </section>
  </xsl:template>
</xsl:stylesheet>
