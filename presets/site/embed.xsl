<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The player alone, to stand in a frame on other people's pages. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:variable name="ep" select="/page/episode"/>
  <xsl:variable name="address" select="concat($site, 'episodes/', $ep/@slug, '/')"/>

  <xsl:template match="page" mode="title">
    <xsl:value-of select="concat($ep/title, ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page" mode="head">
    <link rel="canonical" href="{$address}"/>
    <meta name="robots" content="noindex"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'embed']" mode="body">
    <xsl:variable name="heard" select="$ep/file[starts-with(@type, 'audio/')]"/>
    <body class="embed">
      <main class="player">
        <xsl:if test="$ep/@cover">
          <img src="{$root}{$ep/@cover}" width="600" height="600" alt="{key('string', 'coverAlt')}: {$ep/title}"/>
        </xsl:if>
        <div>
          <xsl:for-each select="$ep"><xsl:call-template name="facts"/></xsl:for-each>
          <h1 id="lytt"><a href="{$root}episodes/{$ep/@slug}/index.html" target="_top"><xsl:value-of select="$ep/title"/></a></h1>
          <p class="facts"><span><xsl:call-template name="show-lang"/><xsl:value-of select="show/title"/></span></p>
        </div>
        <audio controls="" preload="metadata" aria-labelledby="lytt">
          <xsl:for-each select="$heard">
            <source src="{$root}{@path}" type="{@type}"/>
          </xsl:for-each>
          <xsl:for-each select="$ep/transcript[@vtt]">
            <track kind="captions" src="{$root}{@vtt}" srclang="{@lang}" label="{key('string', 'subtitles')} ({@lang})"/>
          </xsl:for-each>
          <a href="{$root}{$heard[1]/@path}"><xsl:apply-templates select="key('string', 'noAudio')"/></a>
        </audio>
        <xsl:if test="$ep/transcript">
          <p class="facts"><a href="{$root}episodes/{$ep/@slug}/index.html#tekst-{$ep/transcript[1]/@lang}" target="_top"><xsl:apply-templates select="key('string', 'toTranscript')"/></a></p>
        </xsl:if>
      </main>
    </body>
  </xsl:template>
</xsl:stylesheet>
