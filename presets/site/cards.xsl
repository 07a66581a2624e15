<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- What pages that list things share: episodes, broadcasts, tools, needs and offers. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template name="episodes">
    <xsl:param name="of" select="episode"/>
    <xsl:choose>
      <xsl:when test="$of">
        <ul class="episodes">
          <xsl:apply-templates select="$of"/>
        </ul>
      </xsl:when>
      <xsl:otherwise><p><xsl:apply-templates select="key('string', 'none')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="episode">
    <li>
      <article>
        <xsl:call-template name="facts"/>
        <h3>
          <xsl:call-template name="lang"/>
          <a href="{$root}episodes/{@slug}/index.html"><xsl:value-of select="title"/></a>
        </h3>
        <xsl:if test="summary">
          <p>
            <xsl:call-template name="lang"/>
            <xsl:value-of select="summary"/>
          </p>
        </xsl:if>
        <xsl:if test="theme or guest or place">
          <p class="who">
            <xsl:call-template name="lang"/>
            <xsl:if test="theme">
              <a class="theme" href="{$root}tema/{theme/@id}/index.html"><xsl:value-of select="theme"/></a>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:if test="guest">
              <span>
                <xsl:for-each select="guest">
                  <xsl:if test="position() &gt; 1">, </xsl:if>
                  <xsl:value-of select="."/>
                </xsl:for-each>
              </span>
              <xsl:text> </xsl:text>
            </xsl:if>
            <xsl:for-each select="place">
              <a href="{$root}kommune/{@number}/index.html"><xsl:value-of select="."/></a>
              <xsl:text> </xsl:text>
            </xsl:for-each>
          </p>
        </xsl:if>
        <div>
          <xsl:call-template name="lang"/>
          <xsl:call-template name="goals"/>
        </div>
      </article>
    </li>
  </xsl:template>

  <xsl:template name="broadcasts">
    <xsl:if test="broadcast">
      <section class="broadcasts" aria-labelledby="sendinger">
        <h2 id="sendinger"><xsl:apply-templates select="key('string', 'broadcasts')"/></h2>
        <ul>
          <xsl:for-each select="broadcast"><li><xsl:apply-templates select="."/></li></xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="broadcast">
    <p class="facts">
      <xsl:if test="@status = 'live'">
        <b class="live"><xsl:apply-templates select="key('string', 'onAir')"/></b>
        <xsl:text> </xsl:text>
      </xsl:if>
      <time datetime="{@utc}">
        <xsl:if test="date/@lang != /page/@lang"><xsl:attribute name="lang"><xsl:value-of select="date/@lang"/></xsl:attribute></xsl:if>
        <xsl:value-of select="concat(date, ' ', time)"/>
      </time>
    </p>
    <p>
      <b><xsl:call-template name="lang"/><xsl:value-of select="title"/></b>
      <xsl:if test="@url">
        <br/>
        <a href="{@url}"><xsl:apply-templates select="key('string', 'seeLive')"/><xsl:text> </xsl:text><span><xsl:call-template name="show-lang"/><xsl:value-of select="@where"/></span></a>
      </xsl:if>
    </p>
  </xsl:template>

  <!-- Needs beside offers, so that one municipality's need meets another's offer. -->
  <xsl:template name="resources">
    <xsl:variable name="kinds" select="'|need|offer|contact|tool|'"/>
    <xsl:if test="resource">
      <section class="gathered" aria-labelledby="samlet">
        <h2 id="samlet"><xsl:apply-templates select="key('string', 'gathered')"/></h2>
        <div>
          <xsl:call-template name="resource-list"><xsl:with-param name="of" select="resource[@kind = 'need']"/></xsl:call-template>
          <xsl:call-template name="resource-list"><xsl:with-param name="of" select="resource[@kind = 'offer']"/></xsl:call-template>
          <xsl:call-template name="resource-list"><xsl:with-param name="of" select="resource[@kind = 'tool']"/></xsl:call-template>
          <xsl:call-template name="resource-list"><xsl:with-param name="of" select="resource[@kind = 'contact']"/></xsl:call-template>
          <xsl:call-template name="resource-list">
            <xsl:with-param name="of" select="resource[not(contains($kinds, concat('|', @kind, '|')))]"/>
            <xsl:with-param name="title" select="'resourcesMore'"/>
          </xsl:call-template>
        </div>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="resource-list">
    <xsl:param name="of"/>
    <xsl:param name="title" select="concat('kinds-', $of[1]/@kind)"/>
    <xsl:if test="$of">
      <div class="kind-{$of[1]/@kind}">
        <h3><xsl:apply-templates select="key('string', $title)"/></h3>
        <ul>
          <xsl:for-each select="$of">
            <li>
              <p>
                <xsl:call-template name="lang"/>
                <xsl:choose>
                  <xsl:when test="@url"><a href="{@url}"><xsl:value-of select="."/></a></xsl:when>
                  <xsl:otherwise><b><xsl:value-of select="."/></b></xsl:otherwise>
                </xsl:choose>
              </p>
              <xsl:call-template name="resource-more"/>
              <p class="facts">
                <xsl:if test="@municipality">
                  <a href="{$root}kommune/{@number}/index.html"><xsl:value-of select="@municipality"/></a>
                  <xsl:text> </xsl:text>
                </xsl:if>
                <span><xsl:apply-templates select="key('string', 'from')"/><xsl:text> </xsl:text><a href="{$root}episodes/{@slug}/index.html"><xsl:call-template name="lang"/><xsl:value-of select="@from"/></a></span>
              </p>
            </li>
          </xsl:for-each>
        </ul>
      </div>
    </xsl:if>
  </xsl:template>

  <xsl:template name="og">
    <xsl:param name="title"/>
    <xsl:param name="text"/>
    <meta property="og:type" content="website"/>
    <meta property="og:title" content="{$title}"/>
    <xsl:if test="$text">
      <meta name="description" content="{$text}"/>
      <meta property="og:description" content="{$text}"/>
    </xsl:if>
    <xsl:if test="show/@cover">
      <meta property="og:image" content="{$site}{show/@cover}"/>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
