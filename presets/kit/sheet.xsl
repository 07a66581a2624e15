<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- A kit's sheet as one page: in a ZIP it needs no other file, on the web it takes sheet.css, because a strict
     content security policy forbids styles in a page. The document is described in pipeline/doc/sheet.h. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="string" match="/sheet/strings/s" use="@key"/>

  <xsl:template match="/sheet">
    <html lang="{@lang}">
      <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title><xsl:value-of select="concat(title, ' – ', show)"/></title>
        <meta name="color-scheme" content="light dark"/>
        <xsl:choose>
          <xsl:when test="style"><style><xsl:value-of select="style"/></style></xsl:when>
          <xsl:otherwise>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'"/>
            <link rel="stylesheet" href="sheet.css"/>
          </xsl:otherwise>
        </xsl:choose>
      </head>
      <body>
        <main>
          <header>
            <p class="show"><xsl:value-of select="show"/></p>
            <h1><xsl:value-of select="title"/></h1>
            <xsl:if test="line"><p class="line"><xsl:value-of select="line"/></p></xsl:if>
            <xsl:if test="goal">
              <ul class="goals" aria-label="{key('string', 'goals')}">
                <xsl:for-each select="goal">
                  <li class="goal-{@number}"><b><xsl:value-of select="@number"/></b><xsl:text> </xsl:text><span><xsl:value-of select="."/></span></li>
                </xsl:for-each>
              </ul>
            </xsl:if>
            <xsl:for-each select="hear">
              <p class="hear"><a href="{@url}"><xsl:value-of select="."/></a><span><xsl:value-of select="@address"/></span></p>
            </xsl:for-each>
          </header>
          <xsl:if test="file">
            <section class="downloads">
              <h2><xsl:value-of select="key('string', 'downloads')"/></h2>
              <ul>
                <xsl:for-each select="file">
                  <li><a href="{@path}" download=""><xsl:value-of select="concat(., ', ', @type, ', ', @size)"/></a></li>
                </xsl:for-each>
              </ul>
            </section>
          </xsl:if>
          <xsl:apply-templates select="body/*"/>
        </main>
        <footer><p><xsl:value-of select="foot"/></p></footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="h2"><h2><xsl:value-of select="."/></h2></xsl:template>
  <xsl:template match="h3"><h3><xsl:value-of select="."/></h3></xsl:template>
  <xsl:template match="p"><p class="text"><xsl:value-of select="."/></p></xsl:template>
  <xsl:template match="bullets"><ul><xsl:apply-templates/></ul></xsl:template>
  <xsl:template match="numbers"><ol><xsl:apply-templates/></ol></xsl:template>
  <xsl:template match="times"><ul class="times"><xsl:apply-templates/></ul></xsl:template>
  <xsl:template match="entries"><ul class="entries"><xsl:apply-templates/></ul></xsl:template>

  <xsl:template match="bullets/item | numbers/item"><li><xsl:value-of select="."/></li></xsl:template>
  <xsl:template match="times/item">
    <li><b><xsl:value-of select="@lead"/></b><xsl:text> </xsl:text><span><xsl:value-of select="."/></span></li>
  </xsl:template>
  <xsl:template match="entries/item">
    <li>
      <xsl:choose>
        <xsl:when test="@url"><a href="{@url}"><xsl:copy-of select="@lang"/><xsl:value-of select="."/></a></xsl:when>
        <xsl:otherwise><b><xsl:copy-of select="@lang"/><xsl:value-of select="."/></b></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="@lead"><span class="lead"><xsl:value-of select="@lead"/></span></xsl:if>
      <xsl:if test="@note"><span class="note"><xsl:copy-of select="@lang"/><xsl:value-of select="@note"/></span></xsl:if>
      <xsl:if test="starts-with(@url, 'mailto:')"><span class="lead"><xsl:value-of select="@shown"/></span></xsl:if>
    </li>
  </xsl:template>
</xsl:stylesheet>
