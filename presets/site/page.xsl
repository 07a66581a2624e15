<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- One episode. Everything here works without script: chapters open the sound at their time.
     player.js adds to it what is marked with data- attributes. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:variable name="ep" select="/page/episode"/>
  <xsl:variable name="heard" select="$ep/file[starts-with(@type, 'audio/')]"/>
  <xsl:variable name="sound" select="concat($root, $heard[1]/@path)"/>
  <xsl:variable name="video" select="$ep/file[@type = 'video/mp4'][1]"/>

  <xsl:template match="page" mode="title">
    <xsl:value-of select="concat($ep/title, ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page" mode="head">
    <xsl:if test="$ep/summary">
      <meta name="description" content="{$ep/summary}"/>
      <meta property="og:description" content="{$ep/summary}"/>
    </xsl:if>
    <meta property="og:type" content="article"/>
    <meta property="og:title" content="{$ep/title}"/>
    <link rel="alternate" type="application/json+oembed" href="{$site}episodes/{$ep/@slug}/oembed.json" title="{$ep/title}"/>
    <script src="{$root}player.js" defer=""/>
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
      <div class="columns">
        <div>
          <xsl:if test="chapter[2]"><xsl:call-template name="chapters"/></xsl:if>
          <xsl:apply-templates select="notes"/>
        </div>
        <div>
          <xsl:call-template name="people"/>
          <xsl:call-template name="subjects"/>
          <xsl:if test="resource"><xsl:call-template name="resources"/></xsl:if>
          <xsl:call-template name="downloads"/>
          <xsl:call-template name="share"/>
        </div>
      </div>
      <xsl:apply-templates select="transcript"/>
      <xsl:if test="waiver"><xsl:call-template name="exceptions"/></xsl:if>
      <xsl:call-template name="subscribe"/>
    </article>
  </xsl:template>

  <xsl:template name="captions">
    <xsl:for-each select="transcript[@vtt]">
      <xsl:variable name="name" select="string(key('string', concat('language-', @lang)))"/>
      <track kind="captions" src="{$root}{@vtt}" srclang="{@lang}">
        <xsl:attribute name="label">
          <xsl:value-of select="$name"/>
          <xsl:if test="not($name)"><xsl:value-of select="@lang"/></xsl:if>
        </xsl:attribute>
        <xsl:if test="position() = 1"><xsl:attribute name="default"/></xsl:if>
      </track>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="screen">
    <section class="screen" aria-labelledby="sjaa">
      <h2 id="sjaa"><xsl:apply-templates select="key('string', 'watch')"/></h2>
      <video controls="" preload="metadata" width="{$video/@width}" height="{$video/@height}" aria-labelledby="sjaa">
        <xsl:if test="@poster">
          <xsl:attribute name="poster"><xsl:value-of select="concat($root, @poster)"/></xsl:attribute>
        </xsl:if>
        <source src="{$root}{$video/@path}" type="{$video/@type}"/>
        <xsl:call-template name="captions"/>
        <a href="{$root}{$video/@path}"><xsl:apply-templates select="key('string', 'noVideo')"/></a>
      </video>
    </section>
  </xsl:template>

  <xsl:template name="player">
    <section class="player" aria-labelledby="lytt">
      <h2 id="lytt"><xsl:apply-templates select="key('string', 'listen')"/></h2>
      <audio controls="" preload="metadata" aria-labelledby="lytt">
        <xsl:for-each select="$heard">
          <source src="{$root}{@path}" type="{@type}"/>
        </xsl:for-each>
        <xsl:call-template name="captions"/>
        <a href="{$sound}"><xsl:apply-templates select="key('string', 'noAudio')"/></a>
      </audio>
      <xsl:call-template name="controls"/>
      <xsl:if test="transcript">
        <p><a href="#tekst-{transcript[1]/@lang}"><xsl:apply-templates select="key('string', 'toTranscript')"/></a></p>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- Shown by player.js. -->
  <xsl:template name="controls">
    <div class="controls" role="group" hidden="" aria-label="{key('string', 'controls')}"
         data-resumed="{key('string', 'resumed')}" data-copied="{key('string', 'copied')}"
         data-chapter="{key('string', 'chapter')}">
      <button type="button" data-skip="-10"><xsl:apply-templates select="key('string', 'back10')"/></button>
      <button type="button" data-skip="30"><xsl:apply-templates select="key('string', 'forward30')"/></button>
      <label>
        <span><xsl:apply-templates select="key('string', 'speed')"/></span>
        <xsl:text> </xsl:text>
        <select data-speed="">
          <option value="0.75"><xsl:value-of select="concat('0', key('string', 'decimal'), '75 ×')"/></option>
          <option value="1" selected="">1 ×</option>
          <option value="1.25"><xsl:value-of select="concat('1', key('string', 'decimal'), '25 ×')"/></option>
          <option value="1.5"><xsl:value-of select="concat('1', key('string', 'decimal'), '5 ×')"/></option>
          <option value="2">2 ×</option>
        </select>
      </label>
      <button type="button" data-copy=""><xsl:apply-templates select="key('string', 'copyLink')"/></button>
      <xsl:if test="transcript">
        <label class="check"><input type="checkbox" data-follow=""/><xsl:text> </xsl:text><span><xsl:apply-templates select="key('string', 'follow')"/></span></label>
      </xsl:if>
      <p class="help" role="status" data-status=""></p>
    </div>
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
            <xsl:for-each select="place"><dd><a href="{$root}kommune/{@number}/index.html"><xsl:value-of select="."/></a></dd></xsl:for-each>
          </div>
        </xsl:if>
      </dl>
    </xsl:if>
  </xsl:template>

  <xsl:template name="subjects">
    <xsl:if test="theme or goal">
      <section class="subjects">
        <xsl:if test="theme">
          <h2><xsl:apply-templates select="key('string', 'theme')"/><xsl:text>: </xsl:text><a class="theme" href="{$root}tema/{theme/@id}/index.html"><xsl:value-of select="theme"/></a></h2>
        </xsl:if>
        <xsl:if test="not(theme)">
          <h2><xsl:apply-templates select="key('string', 'goals')"/></h2>
        </xsl:if>
        <xsl:call-template name="goals"/>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="chapters">
    <section class="chapters">
      <h2><xsl:apply-templates select="key('string', 'chapters')"/></h2>
      <p class="help"><xsl:apply-templates select="key('string', 'chaptersHelp')"/></p>
      <ol>
        <xsl:for-each select="chapter">
          <li>
            <a href="{$sound}#t={@seconds}" data-t="{@seconds}"><span class="at"><xsl:value-of select="@at"/></span><xsl:text> </xsl:text><span><xsl:value-of select="."/></span></a>
            <xsl:if test="@url">
              <xsl:text> </xsl:text>
              <a class="aside" href="{@url}" aria-label="{key('string', 'moreOn')} {.}"><xsl:apply-templates select="key('string', 'more')"/></a>
            </xsl:if>
          </li>
        </xsl:for-each>
      </ol>
    </section>
  </xsl:template>

  <xsl:template match="notes">
    <section class="notes">
      <h2><xsl:apply-templates select="key('string', 'about')"/></h2>
      <xsl:copy-of select="node()"/>
    </section>
  </xsl:template>

  <!-- What the law asks for and the episode lacks, and why. -->
  <xsl:template name="exceptions">
    <section class="exceptions" aria-labelledby="unntak">
      <h2 id="unntak"><xsl:apply-templates select="key('string', 'exceptions')"/></h2>
      <p><xsl:apply-templates select="key('string', 'exceptionsText')"/></p>
      <dl>
        <xsl:for-each select="waiver">
          <dt><xsl:apply-templates select="key('string', concat('exception-', @rule))"/></dt>
          <dd><xsl:value-of select="."/></dd>
        </xsl:for-each>
      </dl>
    </section>
  </xsl:template>

  <xsl:template name="resources">
    <section class="resources">
      <h2><xsl:apply-templates select="key('string', 'resources')"/></h2>
      <ul>
        <xsl:for-each select="resource">
          <li>
            <xsl:if test="@kind = 'need' or @kind = 'offer'">
              <xsl:apply-templates select="key('string', concat('kind-', @kind))"/><xsl:text>: </xsl:text>
            </xsl:if>
            <xsl:choose>
              <xsl:when test="@url"><a href="{@url}"><xsl:value-of select="."/></a></xsl:when>
              <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
            </xsl:choose>
            <xsl:if test="@municipality"><xsl:text> · </xsl:text><xsl:value-of select="@municipality"/></xsl:if>
            <xsl:call-template name="resource-more"/>
          </li>
        </xsl:for-each>
      </ul>
    </section>
  </xsl:template>

  <xsl:template name="downloads">
    <section class="downloads">
      <h2><xsl:apply-templates select="key('string', 'downloads')"/></h2>
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
    <h3><xsl:apply-templates select="key('string', 'clips')"/></h3>
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
              <summary><xsl:apply-templates select="key('string', 'clipText')"/></summary>
              <p><xsl:value-of select="text"/></p>
            </details>
          </xsl:if>
        </li>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <xsl:template name="share">
    <details class="share">
      <summary><xsl:apply-templates select="key('string', 'embed')"/></summary>
      <p><xsl:apply-templates select="key('string', 'embedText')"/></p>
      <pre tabindex="0"><code>&lt;iframe src="<xsl:value-of select="concat($site, 'episodes/', @slug, '/embed/index.html')"/>" width="640" height="300" loading="lazy" title="<xsl:value-of select="title"/>"&gt;&lt;/iframe&gt;</code></pre>
      <p><a href="embed/index.html"><xsl:apply-templates select="key('string', 'embedSee')"/></a></p>
    </details>
  </xsl:template>

  <!-- What a municipality can take away: the page of it first, then files. -->
  <xsl:template name="kit">
    <h3 id="materiell"><xsl:apply-templates select="key('string', 'kit')"/></h3>
    <p class="help"><xsl:apply-templates select="key('string', 'kitHelp')"/></p>
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
      <xsl:apply-templates select="key('string', 'license')"/><xsl:text>: </xsl:text>
      <xsl:choose>
        <xsl:when test="@url"><a rel="license" href="{@url}"><xsl:value-of select="."/></a></xsl:when>
        <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <xsl:template match="transcript">
    <section class="transcript" id="tekst-{@lang}">
      <h2><xsl:apply-templates select="key('string', 'transcript')"/>
        <xsl:if test="../transcript[2]"><xsl:value-of select="concat(' (', key('string', concat('language-', @lang)), ')')"/></xsl:if>
      </h2>
      <xsl:if test="@made = 'automatic'">
        <p class="help"><xsl:apply-templates select="key('string', 'automatic')"/></p>
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
    <p data-at="{@seconds}">
      <a class="at" href="{$sound}#t={@seconds}" data-t="{@seconds}"><xsl:value-of select="@at"/></a>
      <xsl:text> </xsl:text>
      <xsl:if test="@speaker"><b class="speaker"><xsl:value-of select="concat(@speaker, ':')"/></b><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="."/>
    </p>
  </xsl:template>
</xsl:stylesheet>
