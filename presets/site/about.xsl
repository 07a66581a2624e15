<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Who publishes, how to reach them, and what is accessible to whom. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="page[@kind = 'about']" mode="title">
    <xsl:value-of select="concat(key('string', 'aboutShow'), ' – ', show/title)"/>
  </xsl:template>

  <xsl:template match="page[@kind = 'about']" mode="head">
    <xsl:call-template name="og">
      <xsl:with-param name="title" select="show/title"/>
      <xsl:with-param name="text" select="string(show/summary)"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="page[@kind = 'about']" mode="main">
    <h1><xsl:apply-templates select="key('string', 'aboutShow')"/><xsl:text> </xsl:text><xsl:value-of select="show/title"/></h1>
    <xsl:if test="show/summary"><p class="lead"><xsl:value-of select="show/summary"/></p></xsl:if>
    <dl class="people">
      <xsl:if test="show/author">
        <div>
          <dt><xsl:apply-templates select="key('string', 'publisher')"/></dt>
          <dd><xsl:value-of select="show/author"/></dd>
        </div>
      </xsl:if>
      <xsl:if test="show/email">
        <div>
          <dt><xsl:apply-templates select="key('string', 'contact')"/></dt>
          <dd><a href="mailto:{show/email}"><xsl:value-of select="show/email"/></a></dd>
        </div>
      </xsl:if>
      <xsl:if test="show/license">
        <div>
          <dt><xsl:apply-templates select="key('string', 'license')"/></dt>
          <dd>
            <xsl:choose>
              <xsl:when test="show/license/@url"><a rel="license" href="{show/license/@url}"><xsl:value-of select="show/license"/></a></xsl:when>
              <xsl:otherwise><xsl:value-of select="show/license"/></xsl:otherwise>
            </xsl:choose>
          </dd>
        </div>
      </xsl:if>
    </dl>
    <xsl:apply-templates select="accessibility"/>
    <section aria-labelledby="personvern">
      <h2 id="personvern"><xsl:apply-templates select="key('string', 'privacyTitle')"/></h2>
      <p><xsl:apply-templates select="key('string', 'privacyText')"/></p>
    </section>
    <xsl:call-template name="subscribe"/>
    <xsl:if test="feed">
      <details>
        <summary><xsl:apply-templates select="key('string', 'feedsOfParts')"/></summary>
        <ul>
          <xsl:for-each select="feed"><li><a href="{$root}{@path}"><xsl:value-of select="."/></a></li></xsl:for-each>
        </ul>
      </details>
    </xsl:if>
  </xsl:template>

  <xsl:template match="accessibility">
    <section aria-labelledby="tilgjengelighet">
      <h2 id="tilgjengelighet"><xsl:apply-templates select="key('string', 'accessibility')"/></h2>
      <p><xsl:apply-templates select="key('string', 'accessibilityText')"/></p>
      <xsl:if test="@statement">
        <p><a href="{@statement}"><xsl:apply-templates select="key('string', 'statement')"/></a></p>
      </xsl:if>
      <h3><xsl:apply-templates select="key('string', 'knownTitle')"/></h3>
      <xsl:if test="not(known or lacking)">
        <p><xsl:apply-templates select="key('string', 'knownNone')"/></p>
      </xsl:if>
      <xsl:if test="known or lacking">
        <ul>
          <xsl:for-each select="known"><li><xsl:value-of select="."/></li></xsl:for-each>
          <xsl:for-each select="lacking">
            <li>
              <a href="{$root}episodes/{@slug}/index.html"><xsl:call-template name="lang"/><xsl:value-of select="."/></a>
              <xsl:text>: </xsl:text>
              <xsl:apply-templates select="key('string', concat('lacking-', @what))"/>
            </li>
          </xsl:for-each>
        </ul>
      </xsl:if>
      <h3><xsl:apply-templates select="key('string', 'feedbackTitle')"/></h3>
      <p>
        <xsl:apply-templates select="key('string', 'feedbackText')"/>
        <xsl:text> </xsl:text>
        <xsl:choose>
          <xsl:when test="starts-with(@feedback, 'http')"><a href="{@feedback}"><xsl:value-of select="@feedback"/></a></xsl:when>
          <xsl:when test="@feedback"><a href="mailto:{@feedback}"><xsl:value-of select="@feedback"/></a></xsl:when>
        </xsl:choose>
      </p>
    </section>
  </xsl:template>
</xsl:stylesheet>
