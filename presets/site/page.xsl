<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- One episode. Everything here works without script: chapters open the sound at their time. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:variable name="ep" select="/page/episode"/>
  <xsl:variable name="heard" select="$ep/file[starts-with(@type, 'audio/')]"/>
  <xsl:variable name="sound" select="concat($root, $heard[1]/@path)"/>
  <xsl:variable name="video" select="$ep/file[@type = 'video/mp4'][1]"/>

  <xsl:template match="page" mode="title">
    <xsl:value-of select="concat($ep/title, ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page" mode="head">
    <xsl:call-template name="style"/>
    <xsl:variable name="address" select="concat($site, 'episodes/', $ep/@slug, '/')"/>
    <link rel="canonical" href="{$address}"/>
    <xsl:if test="$ep/summary">
      <meta name="description" content="{$ep/summary}"/>
      <meta property="og:description" content="{$ep/summary}"/>
    </xsl:if>
    <meta property="og:type" content="article"/>
    <meta property="og:title" content="{$ep/title}"/>
    <meta property="og:site_name" content="{show/title}"/>
    <meta property="og:url" content="{$address}"/>
    <xsl:if test="$ep/@cover">
      <meta property="og:image" content="{$site}{$ep/@cover}"/>
    </xsl:if>
    <meta property="og:audio" content="{$site}{$heard[1]/@path}"/>
    <xsl:if test="$video">
      <meta property="og:video" content="{$site}{$video/@path}"/>
      <meta property="og:video:type" content="video/mp4"/>
      <meta property="og:video:width" content="{$video/@width}"/>
      <meta property="og:video:height" content="{$video/@height}"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="page" mode="main">
    <xsl:apply-templates select="episode"/>
  </xsl:template>

  <xsl:template match="episode">
    <article>
      <xsl:call-template name="lang"/>
      <div class="head">
        <xsl:if test="@cover">
          <img class="cover" src="{$root}{@cover}" width="600" height="600"
               alt="{key('string', 'coverAlt')}: {title}"/>
        </xsl:if>
        <div>
          <xsl:call-template name="facts"/>
          <h1><xsl:value-of select="title"/></h1>
          <xsl:if test="summary">
            <p class="lead"><xsl:value-of select="summary"/></p>
          </xsl:if>
        </div>
      </div>
      <xsl:if test="$video"><xsl:call-template name="screen"/></xsl:if>
      <xsl:call-template name="player"/>
      <xsl:call-template name="people"/>
      <xsl:call-template name="subjects"/>
      <xsl:if test="chapter[2]"><xsl:call-template name="chapters"/></xsl:if>
      <xsl:apply-templates select="notes"/>
      <xsl:if test="resource"><xsl:call-template name="resources"/></xsl:if>
      <xsl:call-template name="downloads"/>
      <xsl:apply-templates select="transcript"/>
    </article>
  </xsl:template>

  <xsl:template name="captions">
    <xsl:for-each select="transcript[@vtt]">
      <track kind="captions" src="{$root}{@vtt}" srclang="{@lang}"
             label="{key('string', concat('language-', @lang))}"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="screen">
    <section class="screen" aria-labelledby="sjaa">
      <h2 id="sjaa"><xsl:value-of select="key('string', 'watch')"/></h2>
      <video controls="" preload="metadata" width="{$video/@width}" height="{$video/@height}" aria-labelledby="sjaa">
        <xsl:if test="@poster">
          <xsl:attribute name="poster"><xsl:value-of select="concat($root, @poster)"/></xsl:attribute>
        </xsl:if>
        <source src="{$root}{$video/@path}" type="{$video/@type}"/>
        <xsl:call-template name="captions"/>
        <a href="{$root}{$video/@path}"><xsl:value-of select="key('string', 'noVideo')"/></a>
      </video>
    </section>
  </xsl:template>

  <xsl:template name="player">
    <section class="player" aria-labelledby="lytt">
      <h2 id="lytt"><xsl:value-of select="key('string', 'listen')"/></h2>
      <audio controls="" preload="metadata" aria-labelledby="lytt">
        <xsl:for-each select="$heard">
          <source src="{$root}{@path}" type="{@type}"/>
        </xsl:for-each>
        <xsl:call-template name="captions"/>
        <a href="{$sound}"><xsl:value-of select="key('string', 'noAudio')"/></a>
      </audio>
      <xsl:if test="transcript">
        <p><a href="#tekst-{transcript[1]/@lang}"><xsl:value-of select="key('string', 'toTranscript')"/></a></p>
      </xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="person">
    <dd>
      <xsl:choose>
        <xsl:when test="@url"><a href="{@url}"><xsl:value-of select="."/></a></xsl:when>
        <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@role"><xsl:text>, </xsl:text><xsl:value-of select="@role"/></xsl:if>
      <xsl:if test="@municipality"><xsl:text>, </xsl:text><xsl:value-of select="@municipality"/></xsl:if>
    </dd>
  </xsl:template>

  <xsl:template name="people">
    <xsl:if test="guest or host or place">
      <dl class="people">
        <xsl:if test="guest">
          <div>
            <dt><xsl:call-template name="label"><xsl:with-param name="of" select="guest"/></xsl:call-template></dt>
            <xsl:for-each select="guest"><xsl:call-template name="person"/></xsl:for-each>
          </div>
        </xsl:if>
        <xsl:if test="host">
          <div>
            <dt><xsl:call-template name="label"><xsl:with-param name="of" select="host"/></xsl:call-template></dt>
            <xsl:for-each select="host"><xsl:call-template name="person"/></xsl:for-each>
          </div>
        </xsl:if>
        <xsl:if test="place">
          <div>
            <dt><xsl:call-template name="label"><xsl:with-param name="of" select="place"/></xsl:call-template></dt>
            <xsl:for-each select="place"><dd><xsl:value-of select="."/></dd></xsl:for-each>
          </div>
        </xsl:if>
      </dl>
    </xsl:if>
  </xsl:template>

  <xsl:template name="subjects">
    <xsl:if test="theme or goal">
      <section class="subjects">
        <xsl:if test="theme">
          <h2><xsl:value-of select="concat(key('string', 'theme'), ': ')"/><span class="theme"><xsl:value-of select="theme"/></span></h2>
        </xsl:if>
        <xsl:if test="not(theme)">
          <h2><xsl:value-of select="key('string', 'goals')"/></h2>
        </xsl:if>
        <xsl:call-template name="goals"/>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="chapters">
    <section class="chapters">
      <h2><xsl:value-of select="key('string', 'chapters')"/></h2>
      <p class="help"><xsl:value-of select="key('string', 'chaptersHelp')"/></p>
      <ol>
        <xsl:for-each select="chapter">
          <li>
            <a href="{$sound}#t={@seconds}"><span class="at"><xsl:value-of select="@at"/></span><xsl:text> </xsl:text><span><xsl:value-of select="."/></span></a>
            <xsl:if test="@url">
              <xsl:text> </xsl:text>
              <a class="aside" href="{@url}" aria-label="{key('string', 'moreOn')} {.}"><xsl:value-of select="key('string', 'more')"/></a>
            </xsl:if>
          </li>
        </xsl:for-each>
      </ol>
    </section>
  </xsl:template>

  <xsl:template match="notes">
    <section class="notes">
      <h2><xsl:value-of select="key('string', 'about')"/></h2>
      <xsl:copy-of select="node()"/>
    </section>
  </xsl:template>

  <xsl:template name="resources">
    <section class="resources">
      <h2><xsl:value-of select="key('string', 'resources')"/></h2>
      <ul>
        <xsl:for-each select="resource">
          <li>
            <xsl:choose>
              <xsl:when test="@url"><a href="{@url}"><xsl:value-of select="."/></a></xsl:when>
              <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
            </xsl:choose>
            <xsl:if test="@municipality"><xsl:text> · </xsl:text><xsl:value-of select="@municipality"/></xsl:if>
          </li>
        </xsl:for-each>
      </ul>
    </section>
  </xsl:template>

  <xsl:template name="downloads">
    <section class="downloads">
      <h2><xsl:value-of select="key('string', 'downloads')"/></h2>
      <ul>
        <xsl:for-each select="file[@output != 'hls']">
          <li><a href="{$root}{@path}" download="">
            <xsl:variable name="kind">
              <xsl:if test="starts-with(@type, 'video/')">videoFile</xsl:if>
              <xsl:if test="not(starts-with(@type, 'video/'))">audioFile</xsl:if>
            </xsl:variable>
            <xsl:value-of select="concat(key('string', $kind), ', ', translate(@output, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), ', ', @size)"/>
          </a></li>
        </xsl:for-each>
        <xsl:for-each select="transcript[@vtt]">
          <li>
            <a href="{$root}{@vtt}" download=""><xsl:value-of select="concat(key('string', 'subtitles'), ', ', key('string', concat('language-', @lang)), ', VTT')"/></a>
          </li>
          <li>
            <a href="{$root}{@srt}" download=""><xsl:value-of select="concat(key('string', 'subtitles'), ', ', key('string', concat('language-', @lang)), ', SRT')"/></a>
          </li>
        </xsl:for-each>
      </ul>
      <xsl:if test="clip"><xsl:call-template name="clips"/></xsl:if>
      <xsl:if test="kit"><xsl:call-template name="kit"/></xsl:if>
      <xsl:apply-templates select="license"/>
    </section>
  </xsl:template>

  <!-- What is said in a clip is its text alternative, for whoever posts it as well. -->
  <xsl:template name="clips">
    <h3><xsl:value-of select="key('string', 'clips')"/></h3>
    <ul class="clips">
      <xsl:for-each select="clip">
        <li>
          <a href="{$root}{@path}" download=""><xsl:value-of select="concat(title, ', ', key('string', concat('shape-', @shape)), ', ', @length, ', ', @size)"/></a>
          <xsl:if test="@captions">
            <xsl:text> · </xsl:text>
            <a href="{$root}{@captions}" download=""><xsl:value-of select="concat(key('string', 'subtitles'), ', SRT')"/></a>
          </xsl:if>
          <xsl:if test="text and not(preceding-sibling::clip[1]/text = text)">
            <details>
              <summary><xsl:value-of select="key('string', 'clipText')"/></summary>
              <p><xsl:value-of select="text"/></p>
            </details>
          </xsl:if>
        </li>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <!-- What a municipality can take away: the page of it first, then files. -->
  <xsl:template name="kit">
    <h3 id="materiell"><xsl:value-of select="key('string', 'kit')"/></h3>
    <p class="help"><xsl:value-of select="key('string', 'kitHelp')"/></p>
    <ul class="kit">
      <xsl:for-each select="kit">
        <li>
          <a href="{$root}{@path}">
            <xsl:if test="@type != 'text/html'"><xsl:attribute name="download"/></xsl:if>
            <xsl:value-of select="concat(., ', ', @format, ', ', @size)"/>
          </a>
        </li>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <xsl:template match="license">
    <p class="license">
      <xsl:value-of select="concat(key('string', 'license'), ': ')"/>
      <xsl:choose>
        <xsl:when test="@url"><a rel="license" href="{@url}"><xsl:value-of select="."/></a></xsl:when>
        <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <xsl:template match="transcript">
    <section class="transcript" id="tekst-{@lang}">
      <h2><xsl:value-of select="key('string', 'transcript')"/>
        <xsl:if test="../transcript[2]"><xsl:value-of select="concat(' (', key('string', concat('language-', @lang)), ')')"/></xsl:if>
      </h2>
      <xsl:if test="@made = 'automatic'">
        <p class="help"><xsl:value-of select="key('string', 'automatic')"/></p>
      </xsl:if>
      <div>
        <xsl:call-template name="lang"/>
        <xsl:apply-templates select="part"/>
      </div>
    </section>
  </xsl:template>

  <xsl:template match="part">
    <xsl:if test="@title"><h3><xsl:value-of select="@title"/></h3></xsl:if>
    <xsl:apply-templates select="turn"/>
  </xsl:template>

  <xsl:template match="turn">
    <p>
      <a class="at" href="{$sound}#t={@seconds}"><xsl:value-of select="@at"/></a>
      <xsl:text> </xsl:text>
      <xsl:if test="@speaker"><b class="speaker"><xsl:value-of select="concat(@speaker, ':')"/></b><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="."/>
    </p>
  </xsl:template>
</xsl:stylesheet>
