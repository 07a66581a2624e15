<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The front page: the show and all its episodes, newest first. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'index']" mode="title"><xsl:value-of select="show/title"/></xsl:template>

  <xsl:template match="page[@kind = 'index']" mode="head">
    <xsl:call-template name="og">
      <xsl:with-param name="title" select="show/title"/>
      <xsl:with-param name="text" select="string(show/summary)"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="page[@kind = 'index']" mode="main">
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
        <ul class="buttons">
          <xsl:if test="episode">
            <li><a class="button" href="{$root}episodes/{episode[1]/@slug}/index.html"><xsl:apply-templates select="key('string', 'newest')"/></a></li>
          </xsl:if>
          <li><a class="button quiet" href="#abonner"><xsl:apply-templates select="key('string', 'subscribe')"/></a></li>
        </ul>
      </div>
    </div>
    <xsl:call-template name="broadcasts"/>
    <section aria-labelledby="episoder">
      <h2 id="episoder"><xsl:apply-templates select="key('string', 'episodes')"/></h2>
      <xsl:call-template name="episodes"/>
    </section>
    <xsl:apply-templates select="browse"/>
    <xsl:call-template name="subscribe"/>
  </xsl:template>

  <xsl:template match="browse">
    <xsl:if test="theme">
      <section aria-labelledby="temaer">
        <h2 id="temaer"><xsl:apply-templates select="key('string', 'themes')"/></h2>
        <ul class="themes">
          <xsl:for-each select="theme">
            <li>
              <a class="hue-{@hue}" href="{$root}tema/{@id}/index.html">
                <b class="theme"><xsl:value-of select="."/></b>
                <xsl:text> </xsl:text>
                <xsl:call-template name="count"/>
              </a>
            </li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
    <xsl:if test="goal">
      <section aria-labelledby="maal">
        <h2 id="maal"><xsl:apply-templates select="key('string', 'goals')"/></h2>
        <xsl:call-template name="goals"/>
      </section>
    </xsl:if>
    <xsl:if test="place">
      <section aria-labelledby="kommuner">
        <h2 id="kommuner"><xsl:apply-templates select="key('string', 'places')"/></h2>
        <ul class="places">
          <xsl:for-each select="place">
            <li>
              <a href="{$root}kommune/{@number}/index.html"><xsl:value-of select="."/></a>
              <xsl:text> </xsl:text>
              <xsl:call-template name="count"/>
            </li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="count">
    <span class="count">
      <xsl:choose>
        <xsl:when test="@count = 0"><xsl:apply-templates select="key('string', 'noneYet')"/></xsl:when>
        <xsl:when test="@count = 1"><xsl:apply-templates select="key('string', 'oneEpisode')"/></xsl:when>
        <xsl:otherwise>
          <xsl:value-of select="@count"/>
          <xsl:text> </xsl:text>
          <xsl:apply-templates select="key('string', 'manyEpisodes')"/>
        </xsl:otherwise>
      </xsl:choose>
    </span>
  </xsl:template>
</xsl:stylesheet>
