<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- The report of an episode's sound and picture; its document is described in pipeline/stage/reporting.h,
     what <report> holds in pipeline/stage/report.c. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="string" match="/document/strings/*" use="name()"/>
  <xsl:variable name="r" select="/document/report"/>
  <xsl:variable name="kind" select="key('string', concat('report', substring('-video', 1, 6 * boolean($r/video))))"/>
  <xsl:variable name="decimal" select="string(/document/strings/decimal)"/>

  <!-- ==== words and numbers ==== -->

  <xsl:template name="s">
    <xsl:param name="key"/>
    <xsl:value-of select="key('string', $key)"/>
  </xsl:template>

  <!-- −16,0 LUFS; a dash where there is no such level -->
  <xsl:template name="level">
    <xsl:param name="v"/>
    <xsl:param name="unit"/>
    <xsl:param name="plus" select="false()"/>
    <xsl:choose>
      <xsl:when test="string(number($v)) = 'NaN'">–</xsl:when>
      <xsl:otherwise>
        <xsl:variable name="plain" select="format-number($v, '0.0')"/>
        <xsl:choose>
          <xsl:when test="number($plain) = 0"><xsl:value-of select="concat('0', $decimal, '0')"/></xsl:when>
          <xsl:otherwise>
            <xsl:if test="$plus and $v &gt; 0">+</xsl:if>
            <xsl:value-of select="translate($plain, '-.', concat('−', $decimal))"/>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:if test="$unit"><xsl:value-of select="concat('&#160;', $unit)"/></xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- 7,2 s; 12:04; 1:02:03 -->
  <xsl:template name="time">
    <xsl:param name="v"/>
    <xsl:variable name="whole" select="round($v)"/>
    <xsl:choose>
      <xsl:when test="$v &lt; 60">
        <xsl:value-of select="translate(format-number($v, '0.0'), '.', $decimal)"/>
        <xsl:value-of select="concat('&#160;', key('string', 'seconds'))"/>
      </xsl:when>
      <xsl:when test="$whole &lt; 3600">
        <xsl:value-of select="concat(floor($whole div 60), ':', format-number($whole mod 60, '00'))"/>
        <xsl:value-of select="concat('&#160;', key('string', 'minutes'))"/>
      </xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="concat(floor($whole div 3600), ':', format-number(floor($whole div 60) mod 60, '00'), ':', format-number($whole mod 60, '00'))"/>
        <xsl:value-of select="concat('&#160;', key('string', 'hours'))"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="fill">
    <xsl:param name="text"/>
    <xsl:param name="name"/>
    <xsl:param name="with"/>
    <xsl:choose>
      <xsl:when test="contains($text, $name)">
        <xsl:value-of select="concat(substring-before($text, $name), $with, substring-after($text, $name))"/>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- ==== the page ==== -->

  <xsl:template match="/document">
    <html lang="{key('string', 'lang')}">
      <head>
        <meta charset="utf-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="robots" content="noindex"/>
        <title><xsl:value-of select="concat($kind, ': ', $r/title)"/></title>
        <style><xsl:value-of select="style"/></style>
      </head>
      <body>
        <header>
          <p class="show"><xsl:value-of select="concat($r/show, ' · ', $kind)"/></p>
          <h1><xsl:value-of select="$r/title"/></h1>
        </header>
        <main>
          <xsl:call-template name="verdict"/>
          <xsl:call-template name="figures"/>
          <xsl:call-template name="findings"/>
          <xsl:call-template name="picture"/>
          <xsl:call-template name="files"/>
          <xsl:call-template name="speakers"/>
          <xsl:call-template name="done"/>
          <xsl:call-template name="cuts"/>
          <xsl:if test="$r/video"><xsl:call-template name="video"/></xsl:if>
          <xsl:call-template name="recordings"/>
          <xsl:if test="$r/captions/item"><xsl:call-template name="captions"/></xsl:if>
        </main>
        <footer>
          <p><xsl:call-template name="s"><xsl:with-param name="key" select="'private'"/></xsl:call-template></p>
          <p>
            <xsl:value-of select="concat(key('string', 'versions'), ' ')"/>
            <xsl:for-each select="$r/versions/*">
              <xsl:if test="position() &gt; 1">, </xsl:if>
              <xsl:value-of select="concat(name(), ' ', .)"/>
            </xsl:for-each>
          </p>
        </footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="verdict">
    <xsl:variable name="n" select="count($r/files/item)"/>
    <xsl:variable name="target">
      <xsl:call-template name="level"><xsl:with-param name="v" select="$r/loudness/target_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
    </xsl:variable>
    <xsl:variable name="ceiling">
      <xsl:call-template name="level"><xsl:with-param name="v" select="$r/loudness/ceiling_dbtp"/><xsl:with-param name="unit" select="'dBTP'"/></xsl:call-template>
    </xsl:variable>
    <xsl:variable name="files">
      <xsl:choose>
        <xsl:when test="$n = 1"><xsl:value-of select="key('string', 'file-holds')"/></xsl:when>
        <xsl:otherwise>
          <xsl:call-template name="fill">
            <xsl:with-param name="text" select="key('string', 'files-hold')"/>
            <xsl:with-param name="name" select="'{n}'"/>
            <xsl:with-param name="with" select="$n"/>
          </xsl:call-template>
        </xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="one">
      <xsl:call-template name="fill">
        <xsl:with-param name="text" select="key('string', concat('verdict-', $r/verdict))"/>
        <xsl:with-param name="name" select="'{files}'"/>
        <xsl:with-param name="with" select="$files"/>
      </xsl:call-template>
    </xsl:variable>
    <xsl:variable name="two">
      <xsl:call-template name="fill">
        <xsl:with-param name="text" select="$one"/>
        <xsl:with-param name="name" select="'{target}'"/>
        <xsl:with-param name="with" select="$target"/>
      </xsl:call-template>
    </xsl:variable>
    <p class="verdict {$r/verdict}">
      <span class="sign" aria-hidden="true">
        <xsl:choose>
          <xsl:when test="$r/verdict = 'good'">✓</xsl:when>
          <xsl:when test="$r/verdict = 'watch'">!</xsl:when>
          <xsl:otherwise>✕</xsl:otherwise>
        </xsl:choose>
      </span>
      <span>
        <xsl:call-template name="fill">
          <xsl:with-param name="text" select="$two"/>
          <xsl:with-param name="name" select="'{ceiling}'"/>
          <xsl:with-param name="with" select="$ceiling"/>
        </xsl:call-template>
      </span>
    </p>
  </xsl:template>

  <xsl:template name="figure">
    <xsl:param name="label"/>
    <xsl:param name="before"/>
    <xsl:param name="after"/>
    <xsl:param name="unit"/>
    <div>
      <dt><xsl:value-of select="key('string', $label)"/></dt>
      <dd>
        <b><xsl:call-template name="level"><xsl:with-param name="v" select="$after"/><xsl:with-param name="unit" select="$unit"/></xsl:call-template></b>
        <span>
          <xsl:value-of select="concat(key('string', 'was'), ' ')"/>
          <xsl:call-template name="level"><xsl:with-param name="v" select="$before"/><xsl:with-param name="unit" select="$unit"/></xsl:call-template>
        </span>
      </dd>
    </div>
  </xsl:template>

  <xsl:template name="figures">
    <dl class="figures">
      <xsl:call-template name="figure">
        <xsl:with-param name="label" select="'loudness'"/>
        <xsl:with-param name="before" select="$r/input/integrated_lufs"/>
        <xsl:with-param name="after" select="$r/files/item[1]/integrated_lufs"/>
        <xsl:with-param name="unit" select="'LUFS'"/>
      </xsl:call-template>
      <xsl:call-template name="figure">
        <xsl:with-param name="label" select="'peak'"/>
        <xsl:with-param name="before" select="$r/input/true_peak_dbtp"/>
        <xsl:with-param name="after" select="$r/files/item[1]/true_peak_dbtp"/>
        <xsl:with-param name="unit" select="'dBTP'"/>
      </xsl:call-template>
      <xsl:call-template name="figure">
        <xsl:with-param name="label" select="'range'"/>
        <xsl:with-param name="before" select="$r/input/range_lu"/>
        <xsl:with-param name="after" select="$r/files/item[1]/range_lu"/>
        <xsl:with-param name="unit" select="'LU'"/>
      </xsl:call-template>
      <xsl:if test="$r/files/item[1]/max_short_term_lufs">
        <xsl:call-template name="figure">
          <xsl:with-param name="label" select="'loudest'"/>
          <xsl:with-param name="before" select="$r/input/max_short_term_lufs"/>
          <xsl:with-param name="after" select="$r/files/item[1]/max_short_term_lufs"/>
          <xsl:with-param name="unit" select="'LUFS'"/>
        </xsl:call-template>
      </xsl:if>
      <div>
        <dt><xsl:value-of select="key('string', 'duration')"/></dt>
        <dd>
          <b><xsl:call-template name="time"><xsl:with-param name="v" select="$r/duration_s"/></xsl:call-template></b>
          <span>
            <xsl:value-of select="concat(key('string', 'was'), ' ')"/>
            <xsl:call-template name="time"><xsl:with-param name="v" select="$r/recorded_s"/></xsl:call-template>
          </span>
        </dd>
      </div>
    </dl>
  </xsl:template>

  <xsl:template name="findings">
    <xsl:variable name="seen" select="$r/video/findings/item[kind != 'burnt']"/>
    <xsl:if test="$r/warnings/item or $seen">
      <section class="findings" aria-labelledby="findings">
        <h2 id="findings"><xsl:value-of select="key('string', 'findings')"/></h2>
        <ul>
          <xsl:for-each select="$r/warnings/item">
            <li>
              <xsl:value-of select="key('string', concat('warn-', kind))"/>
              <xsl:if test="text"><xsl:text>: </xsl:text><span lang="en"><xsl:value-of select="text"/></span></xsl:if>
              <xsl:if test="recording"><xsl:value-of select="concat(' (', recording, ')')"/></xsl:if>
            </li>
          </xsl:for-each>
          <xsl:for-each select="$seen">
            <li><xsl:call-template name="seen"/></li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="picture">
    <section aria-labelledby="picture">
      <h2 id="picture"><xsl:value-of select="key('string', 'picture')"/></h2>
      <figure>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="picture">
          <xsl:copy-of select="picture/*"/>
        </div>
        <figcaption><xsl:value-of select="key('string', 'picture-help')"/></figcaption>
      </figure>
    </section>
  </xsl:template>

  <!-- ==== tables ==== -->

  <xsl:template name="th">
    <xsl:param name="key"/>
    <xsl:param name="class" select="'n'"/>
    <th scope="col" class="{$class}"><xsl:value-of select="key('string', $key)"/></th>
  </xsl:template>

  <xsl:template name="td">
    <xsl:param name="v"/>
    <xsl:param name="unit"/>
    <xsl:param name="plus" select="false()"/>
    <td class="n">
      <xsl:call-template name="level">
        <xsl:with-param name="v" select="$v"/>
        <xsl:with-param name="unit" select="$unit"/>
        <xsl:with-param name="plus" select="$plus"/>
      </xsl:call-template>
    </td>
  </xsl:template>

  <xsl:template name="files">
    <section aria-labelledby="files">
      <h2 id="files"><xsl:value-of select="key('string', 'files')"/></h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="files">
      <table>
        <thead>
          <tr>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'file'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'result'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'loudness'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'peak'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'range'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'duration'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'size'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'bitrate'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'tries'"/></xsl:call-template>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="$r/files/item">
            <tr>
              <th scope="row"><xsl:value-of select="translate(output, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"/></th>
              <td>
                <xsl:choose>
                  <xsl:when test="held = 'true'"><span class="held">✓ <xsl:value-of select="key('string', 'held')"/></span></xsl:when>
                  <xsl:otherwise><span class="missed">✕ <xsl:value-of select="key('string', 'missed')"/></span></xsl:otherwise>
                </xsl:choose>
              </td>
              <xsl:call-template name="td"><xsl:with-param name="v" select="integrated_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
              <xsl:call-template name="td"><xsl:with-param name="v" select="true_peak_dbtp"/><xsl:with-param name="unit" select="'dBTP'"/></xsl:call-template>
              <xsl:call-template name="td"><xsl:with-param name="v" select="range_lu"/><xsl:with-param name="unit" select="'LU'"/></xsl:call-template>
              <td class="n"><xsl:call-template name="time"><xsl:with-param name="v" select="duration_s"/></xsl:call-template></td>
              <xsl:call-template name="td"><xsl:with-param name="v" select="(all_bytes | bytes[not(../all_bytes)]) div 1000000"/><xsl:with-param name="unit" select="'MB'"/></xsl:call-template>
              <td class="n"><xsl:if test="bitrate_kbps"><xsl:value-of select="concat(bitrate_kbps, '&#160;kbit/s')"/></xsl:if></td>
              <td class="n"><xsl:value-of select="tries"/></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="speakers">
    <section aria-labelledby="speakers">
      <h2 id="speakers"><xsl:value-of select="key('string', 'speakers')"/></h2>
      <xsl:choose>
        <xsl:when test="$r/tracks/item/voices/item">
          <xsl:variable name="all" select="sum($r/tracks/item/voices/item/seconds)"/>
          <div class="scroll" tabindex="0" role="region" aria-labelledby="speakers">
          <table>
            <thead>
              <tr>
                <xsl:call-template name="th"><xsl:with-param name="key" select="'speaker'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
                <xsl:call-template name="th"><xsl:with-param name="key" select="'time'"/></xsl:call-template>
                <th class="bar"></th>
                <xsl:call-template name="th"><xsl:with-param name="key" select="'turns'"/></xsl:call-template>
                <xsl:call-template name="th"><xsl:with-param name="key" select="'lufs-before'"/></xsl:call-template>
                <xsl:call-template name="th"><xsl:with-param name="key" select="'gain'"/></xsl:call-template>
              </tr>
            </thead>
            <tbody>
              <xsl:for-each select="$r/tracks/item">
                <xsl:variable name="track" select="position()"/>
                <xsl:variable name="tracks" select="last()"/>
                <xsl:variable name="speaker" select="speaker"/>
                <xsl:for-each select="voices/item">
                  <tr>
                    <th scope="row">
                      <xsl:choose>
                        <xsl:when test="voice = 'music'"><xsl:value-of select="key('string', 'music')"/></xsl:when>
                        <xsl:when test="$speaker">
                          <xsl:value-of select="$speaker"/>
                          <xsl:if test="voice != 1"><xsl:value-of select="concat(' (', voice, ')')"/></xsl:if>
                        </xsl:when>
                        <xsl:when test="$tracks &gt; 1">
                          <xsl:value-of select="concat(key('string', 'track'), ' ', $track)"/>
                          <xsl:if test="voice != 1"><xsl:value-of select="concat(' (', voice, ')')"/></xsl:if>
                        </xsl:when>
                        <xsl:otherwise><xsl:value-of select="concat(key('string', 'voice'), ' ', voice)"/></xsl:otherwise>
                      </xsl:choose>
                    </th>
                    <td class="n"><xsl:call-template name="time"><xsl:with-param name="v" select="seconds"/></xsl:call-template></td>
                    <td class="bar"><meter min="0" max="100" value="{round(100 * seconds div $all)}"><xsl:value-of select="concat(round(100 * seconds div $all), '&#160;%')"/></meter>
                      <xsl:value-of select="concat(' ', round(100 * seconds div $all), '&#160;%')"/></td>
                    <td class="n"><xsl:value-of select="turns"/></td>
                    <xsl:call-template name="td"><xsl:with-param name="v" select="lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
                    <xsl:call-template name="td"><xsl:with-param name="v" select="gain_db"/><xsl:with-param name="unit" select="'dB'"/><xsl:with-param name="plus" select="true()"/></xsl:call-template>
                  </tr>
                </xsl:for-each>
              </xsl:for-each>
            </tbody>
          </table>
          </div>
          <xsl:if test="not($r/tracks/item/speaker)">
            <p class="help"><xsl:value-of select="key('string', 'speakers-help')"/></p>
          </xsl:if>
        </xsl:when>
        <xsl:otherwise><p><xsl:value-of select="key('string', 'nobody')"/></p></xsl:otherwise>
      </xsl:choose>
    </section>
  </xsl:template>

  <!-- ==== what was done ==== -->

  <xsl:template name="done">
    <xsl:variable name="levelled" select="$r/tracks/item/voices/item[gain_db &gt; 0.05 or gain_db &lt; -0.05]"/>
    <section aria-labelledby="done">
      <h2 id="done"><xsl:value-of select="key('string', 'done')"/></h2>
      <dl class="list">
        <dt><xsl:value-of select="key('string', 'leveller')"/></dt>
        <dd>
          <xsl:choose>
            <xsl:when test="$levelled"><xsl:value-of select="key('string', 'leveller-some')"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="key('string', 'leveller-none')"/></xsl:otherwise>
          </xsl:choose>
        </dd>
        <dt><xsl:value-of select="key('string', 'all-gain')"/></dt>
        <dd><xsl:call-template name="level"><xsl:with-param name="v" select="$r/gain_db"/><xsl:with-param name="unit" select="'dB'"/><xsl:with-param name="plus" select="true()"/></xsl:call-template></dd>
        <dt><xsl:value-of select="key('string', 'limiter')"/></dt>
        <dd><xsl:call-template name="limiter"/></dd>
        <xsl:if test="$r/music"><xsl:call-template name="bed"/></xsl:if>
        <xsl:if test="$r/limits">
          <dt><xsl:value-of select="key('string', 'limits')"/></dt>
          <dd><xsl:call-template name="limits"/></dd>
        </xsl:if>
        <dt><xsl:value-of select="key('string', 'cleaning')"/></dt>
        <dd>
          <xsl:choose>
            <xsl:when test="$r/tracks/item/cleaning/*">
              <xsl:for-each select="$r/tracks/item[cleaning/*]">
                <xsl:if test="speaker"><p class="who"><xsl:value-of select="speaker"/></p></xsl:if>
                <ul><xsl:for-each select="cleaning/*"><li><xsl:call-template name="plain"/></li></xsl:for-each></ul>
              </xsl:for-each>
            </xsl:when>
            <xsl:otherwise><xsl:value-of select="key('string', 'cleaning-none')"/></xsl:otherwise>
          </xsl:choose>
        </dd>
      </dl>
    </section>
  </xsl:template>

  <!-- Loudest three seconds: at most −18,0 LUFS. … -->
  <xsl:template name="limits">
    <xsl:if test="$r/limits/max_short_term_lufs">
      <xsl:value-of select="concat(key('string', 'loudest'), ': ', key('string', 'at-most'), ' ')"/>
      <xsl:call-template name="level"><xsl:with-param name="v" select="$r/limits/max_short_term_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
      <xsl:text>. </xsl:text>
    </xsl:if>
    <xsl:if test="$r/limits/max_range_lu">
      <xsl:value-of select="concat(key('string', 'range'), ': ', key('string', 'at-most'), ' ')"/>
      <xsl:call-template name="level"><xsl:with-param name="v" select="$r/limits/max_range_lu"/><xsl:with-param name="unit" select="'LU'"/></xsl:call-template>
      <xsl:text>. </xsl:text>
    </xsl:if>
    <xsl:choose>
      <xsl:when test="$r/limits/curve/min_db">
        <xsl:variable name="least">
          <xsl:call-template name="level"><xsl:with-param name="v" select="$r/limits/curve/min_db"/><xsl:with-param name="unit" select="'dB'"/><xsl:with-param name="plus" select="true()"/></xsl:call-template>
        </xsl:variable>
        <xsl:variable name="most">
          <xsl:call-template name="level"><xsl:with-param name="v" select="$r/limits/curve/max_db"/><xsl:with-param name="unit" select="'dB'"/><xsl:with-param name="plus" select="true()"/></xsl:call-template>
        </xsl:variable>
        <xsl:variable name="one">
          <xsl:call-template name="fill">
            <xsl:with-param name="text" select="key('string', 'limits-some')"/>
            <xsl:with-param name="name" select="'{least}'"/>
            <xsl:with-param name="with" select="$least"/>
          </xsl:call-template>
        </xsl:variable>
        <xsl:call-template name="fill">
          <xsl:with-param name="text" select="$one"/>
          <xsl:with-param name="name" select="'{most}'"/>
          <xsl:with-param name="with" select="$most"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="key('string', 'limits-none')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="limiter">
    <xsl:choose>
      <xsl:when test="$r/limiter/max_reduction_db &gt; 0.05">
        <xsl:variable name="most">
          <xsl:call-template name="level"><xsl:with-param name="v" select="$r/limiter/max_reduction_db"/><xsl:with-param name="unit" select="'dB'"/></xsl:call-template>
        </xsl:variable>
        <xsl:variable name="share">
          <xsl:call-template name="level"><xsl:with-param name="v" select="100 * $r/limiter/reduced_share"/><xsl:with-param name="unit" select="'%'"/></xsl:call-template>
        </xsl:variable>
        <xsl:variable name="one">
          <xsl:call-template name="fill">
            <xsl:with-param name="text" select="key('string', 'limiter-some')"/>
            <xsl:with-param name="name" select="'{most}'"/>
            <xsl:with-param name="with" select="$most"/>
          </xsl:call-template>
        </xsl:variable>
        <xsl:call-template name="fill">
          <xsl:with-param name="text" select="$one"/>
          <xsl:with-param name="name" select="'{share}'"/>
          <xsl:with-param name="with" select="$share"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="key('string', 'limiter-none')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="bed">
    <dt><xsl:value-of select="key('string', 'bed')"/></dt>
    <dd>
      <xsl:for-each select="$r/music/under_speech_db[. &gt; 0] | $r/music/in_pauses_db[. &gt; 0]">
        <xsl:variable name="db">
          <xsl:call-template name="level"><xsl:with-param name="v" select="."/><xsl:with-param name="unit" select="'LU'"/></xsl:call-template>
        </xsl:variable>
        <xsl:if test="position() &gt; 1">, </xsl:if>
        <xsl:call-template name="fill">
          <xsl:with-param name="text" select="key('string', concat('bed-', substring-before(name(), '_')))"/>
          <xsl:with-param name="name" select="'{db}'"/>
          <xsl:with-param name="with" select="$db"/>
        </xsl:call-template>
      </xsl:for-each>
    </dd>
  </xsl:template>

  <!-- Whatever cleaning tells: "Støy dempet: 12,0 dB". The last part of a name says the unit; a
       string clean-NAME says it in words. -->
  <xsl:template name="plain">
    <xsl:variable name="unit">
      <xsl:choose>
        <xsl:when test="contains(concat(name(), '|'), '_db|')">dB</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_dbfs|')">dBFS</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_dbtp|')">dBTP</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_lufs|')">LUFS</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_lu|')">LU</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_hz|')">Hz</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_ms|')">ms</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_s|')">s</xsl:when>
        <xsl:when test="contains(concat(name(), '|'), '_percent|')">%</xsl:when>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="ending">
      <xsl:choose>
        <xsl:when test="$unit = '%'">_percent</xsl:when>
        <xsl:when test="string($unit)">
          <xsl:value-of select="concat('_', translate($unit, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))"/>
        </xsl:when>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="stem" select="substring(name(), 1, string-length(name()) - string-length($ending))"/>
    <xsl:variable name="known" select="key('string', concat('clean-', name()))"/>
    <xsl:choose>
      <xsl:when test="$known"><xsl:value-of select="$known"/></xsl:when>
      <xsl:when test="name() != 'item'"><xsl:value-of select="translate($stem, '_', ' ')"/></xsl:when>
    </xsl:choose>
    <xsl:if test="name() != 'item' and (* or parent::cleaning)">:</xsl:if>
    <xsl:choose>
      <xsl:when test="*">
        <xsl:text> </xsl:text>
        <xsl:for-each select="*">
          <xsl:if test="position() &gt; 1">, </xsl:if>
          <xsl:call-template name="plain"/>
        </xsl:for-each>
      </xsl:when>
      <xsl:when test=". = 'true' or . = 'false'">
        <xsl:text> </xsl:text>
        <xsl:value-of select="key('string', concat(substring('yes', 1, 3 * (. = 'true')), substring('no', 1, 2 * (. = 'false'))))"/>
      </xsl:when>
      <xsl:when test="string(number(.)) = 'NaN'"><xsl:value-of select="concat(' ', .)"/></xsl:when>
      <xsl:when test="contains(concat(name(), '|'), 'share|')">
        <xsl:text> </xsl:text>
        <xsl:call-template name="level"><xsl:with-param name="v" select="100 * ."/><xsl:with-param name="unit" select="'%'"/></xsl:call-template>
      </xsl:when>
      <xsl:when test="string($unit)">
        <xsl:text> </xsl:text>
        <xsl:call-template name="level"><xsl:with-param name="v" select="."/><xsl:with-param name="unit" select="string($unit)"/></xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(' ', translate(., '-.', concat('−', $decimal)))"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="jingle">
    <xsl:param name="of"/>
    <xsl:param name="key"/>
    <dt><xsl:value-of select="key('string', $key)"/></dt>
    <dd>
      <xsl:choose>
        <xsl:when test="$of">
          <xsl:call-template name="time"><xsl:with-param name="v" select="$of/length_s"/></xsl:call-template>
          <xsl:text>, </xsl:text>
          <xsl:value-of select="concat(key('string', 'was'), ' ')"/>
          <xsl:call-template name="level"><xsl:with-param name="v" select="$of/integrated_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
        </xsl:when>
        <xsl:otherwise><xsl:value-of select="key('string', concat($key, '-none'))"/></xsl:otherwise>
      </xsl:choose>
    </dd>
  </xsl:template>

  <xsl:template name="cuts">
    <section aria-labelledby="cuts">
      <h2 id="cuts"><xsl:value-of select="key('string', 'cuts')"/></h2>
      <xsl:if test="not($r/cuts/removed_s/*)"><p><xsl:value-of select="key('string', 'cut-none')"/></p></xsl:if>
      <dl class="list">
        <xsl:for-each select="$r/cuts/removed_s/*[. &gt; 0]">
          <dt><xsl:value-of select="key('string', concat('cut-', name()))"/></dt>
          <dd>
            <xsl:call-template name="time"><xsl:with-param name="v" select="."/></xsl:call-template>
            <xsl:if test="name() = 'pause'"><xsl:value-of select="concat(' (', $r/cuts/pauses, ' ', key('string', 'pauses'), ')')"/></xsl:if>
          </dd>
        </xsl:for-each>
        <xsl:call-template name="jingle"><xsl:with-param name="of" select="$r/cuts/intro"/><xsl:with-param name="key" select="'intro'"/></xsl:call-template>
        <xsl:call-template name="jingle"><xsl:with-param name="of" select="$r/cuts/outro"/><xsl:with-param name="key" select="'outro'"/></xsl:call-template>
      </dl>
    </section>
  </xsl:template>

  <!-- what was mended for readers, and what only a person can mend -->
  <xsl:template name="captions">
    <section aria-labelledby="captions">
      <h2 id="captions"><xsl:value-of select="key('string', 'captions')"/></h2>
      <xsl:for-each select="$r/captions/item">
        <h3><xsl:value-of select="concat(file, ' (', language, ')')"/></h3>
        <p><xsl:value-of select="key('string', concat('captions-', made))"/></p>
        <xsl:if test="encoding">
          <p>
            <xsl:call-template name="fill">
              <xsl:with-param name="text" select="key('string', 'captions-encoding')"/>
              <xsl:with-param name="name" select="'{encoding}'"/>
              <xsl:with-param name="with" select="encoding"/>
            </xsl:call-template>
          </p>
        </xsl:if>
        <p>
          <xsl:choose>
            <xsl:when test="facebook"><xsl:value-of select="concat(key('string', 'facebook'), ' ', facebook)"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="key('string', 'facebook-none')"/></xsl:otherwise>
          </xsl:choose>
        </p>
        <xsl:if test="not(mended/item) and not(findings/item)"><p><xsl:value-of select="key('string', 'captions-good')"/></p></xsl:if>
        <xsl:if test="mended/item">
          <p><xsl:value-of select="key('string', 'captions-mended')"/></p>
          <dl class="list">
            <xsl:for-each select="mended/item">
              <dt><xsl:value-of select="key('string', concat('legible-', translate(rule, ' ', '-')))"/></dt>
              <dd><xsl:value-of select="count"/></dd>
            </xsl:for-each>
          </dl>
        </xsl:if>
        <xsl:if test="findings/item">
          <p><xsl:value-of select="key('string', 'captions-left')"/></p>
          <ul>
            <xsl:for-each select="findings/item">
              <li>
                <xsl:call-template name="clock"><xsl:with-param name="s" select="at_s"/></xsl:call-template>
                <xsl:value-of select="concat(' ', key('string', concat('legible-', translate(rule, ' ', '-'))))"/>
                <xsl:value-of select="concat(': ', translate(format-number(value, '0.##'), '.', $decimal))"/>
                <xsl:if test="severity = 'error'"><strong><xsl:value-of select="concat(' ', key('string', 'legible-error'))"/></strong></xsl:if>
              </li>
            </xsl:for-each>
          </ul>
          <xsl:if test="errors + warnings &gt; count(findings/item)"><p><xsl:value-of select="concat('… ', errors + warnings)"/></p></xsl:if>
        </xsl:if>
      </xsl:for-each>
    </section>
  </xsl:template>

  <!-- 0:01:02,5 -->
  <xsl:template name="clock">
    <xsl:param name="s"/>
    <xsl:value-of select="concat(floor($s div 3600), ':', format-number(floor($s div 60) mod 60, '00'), ':', translate(format-number($s mod 60, '00.0'), '.', $decimal))"/>
  </xsl:template>

  <!-- ==== the picture ==== -->

  <!-- text with {is}, {wanted} -->
  <xsl:template name="reason">
    <xsl:variable name="one">
      <xsl:call-template name="fill">
        <xsl:with-param name="text" select="key('string', concat('why-', rule))"/>
        <xsl:with-param name="name" select="'{is}'"/>
        <xsl:with-param name="with" select="translate(is, '.', $decimal)"/>
      </xsl:call-template>
    </xsl:variable>
    <xsl:call-template name="fill">
      <xsl:with-param name="text" select="$one"/>
      <xsl:with-param name="name" select="'{wanted}'"/>
      <xsl:with-param name="with" select="translate(wanted, '.', $decimal)"/>
    </xsl:call-template>
  </xsl:template>

  <!-- Bildet er svart: 0:00:03,0–0:00:08,0 -->
  <xsl:template name="seen">
    <xsl:variable name="number">
      <xsl:choose>
        <xsl:when test="share"><xsl:value-of select="translate(format-number(100 * share, '0.#'), '.', $decimal)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="count"/></xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:call-template name="fill">
      <xsl:with-param name="text" select="key('string', concat('seen-', kind, substring('-share', 1, 6 * boolean(share))))"/>
      <xsl:with-param name="name" select="'{n}'"/>
      <xsl:with-param name="with" select="$number"/>
    </xsl:call-template>
    <xsl:if test="times/item">
      <xsl:text>: </xsl:text>
      <xsl:for-each select="times/item[position() &lt;= 8]">
        <xsl:if test="position() &gt; 1">, </xsl:if>
        <span class="when">
          <xsl:call-template name="clock"><xsl:with-param name="s" select="from_s"/></xsl:call-template>
          <xsl:text>–</xsl:text>
          <xsl:call-template name="clock"><xsl:with-param name="s" select="to_s"/></xsl:call-template>
        </span>
      </xsl:for-each>
      <xsl:if test="count(times/item) &gt; 8"> …</xsl:if>
    </xsl:if>
  </xsl:template>

  <xsl:template name="ms">
    <xsl:param name="v"/>
    <xsl:choose>
      <xsl:when test="$v &gt; -0.05 and $v &lt; 0.05"><xsl:value-of select="concat('0', '&#160;ms')"/></xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="level"><xsl:with-param name="v" select="$v"/><xsl:with-param name="unit" select="'ms'"/><xsl:with-param name="plus" select="true()"/></xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="source">
    <xsl:variable name="p" select="$r/video/source"/>
    <dt><xsl:value-of select="key('string', 'filmed')"/></dt>
    <dd>
      <xsl:choose>
        <xsl:when test="$p/codec = 'h264'">H.264</xsl:when>
        <xsl:otherwise><xsl:value-of select="translate($p/codec, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="$p/profile != 'unknown'"><xsl:value-of select="concat(' ', $p/profile)"/></xsl:if>
      <xsl:value-of select="concat(', ', $p/width, '×', $p/height)"/>
      <xsl:if test="$p/bit_rate &gt; 0">
        <xsl:value-of select="concat(', ', translate(format-number($p/bit_rate div 1000000, '0.0'), '.', $decimal), '&#160;Mbit/s')"/>
      </xsl:if>
    </dd>
    <dt><xsl:value-of select="key('string', 'shape')"/></dt>
    <dd>
      <xsl:value-of select="key('string', concat('turn-', translate($p/turn, ' ', '-')))"/>
      <xsl:text>, </xsl:text>
      <xsl:choose>
        <xsl:when test="$p/sar_num = $p/sar_den"><xsl:value-of select="key('string', 'square')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="concat(key('string', 'not-square'), ' ', $p/sar_num, ':', $p/sar_den)"/></xsl:otherwise>
      </xsl:choose>
      <xsl:text>, </xsl:text>
      <xsl:value-of select="key('string', concat(substring('interlaced', 1, 10 * ($p/interlaced = 'true')), substring('progressive', 1, 11 * ($p/interlaced != 'true'))))"/>
    </dd>
    <dt><xsl:value-of select="key('string', 'frame-rate')"/></dt>
    <dd>
      <xsl:value-of select="concat(translate(format-number($p/fps, '0.###'), '.', $decimal), ' ')"/>
      <xsl:value-of select="key('string', concat(substring('constant', 1, 8 * ($p/constant = 'true')), substring('variable', 1, 8 * ($p/constant != 'true'))))"/>
      <xsl:value-of select="concat(' → ', translate(format-number($r/video/fps, '0.###'), '.', $decimal))"/>
    </dd>
    <dt><xsl:value-of select="key('string', 'colours')"/></dt>
    <dd>
      <xsl:choose>
        <xsl:when test="$p/dynamic_range != 'sdr'"><xsl:value-of select="concat('HDR (', translate($p/dynamic_range, 'hlgpq', 'HLGPQ'), ')')"/></xsl:when>
        <xsl:when test="$p/matrix = 'unknown'"><xsl:value-of select="key('string', 'colours-unknown')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="translate($p/matrix, 'bt', 'BT')"/></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="$p/dolby_vision"><xsl:value-of select="concat(', Dolby Vision ', $p/dolby_vision)"/></xsl:if>
      <xsl:value-of select="concat(', ', $p/pixels, ', ', key('string', concat(substring('full-range', 1, 10 * ($p/full_range = 'true')), substring('limited-range', 1, 13 * ($p/full_range != 'true')))))"/>
    </dd>
  </xsl:template>

  <xsl:template name="rungs">
    <div class="scroll" tabindex="0" role="region" aria-labelledby="video">
      <table>
        <thead>
          <tr>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'rung'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'way'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'size'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'bitrate'"/></xsl:call-template>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="$r/video/rungs/item">
            <tr>
              <th scope="row"><xsl:value-of select="concat(width, '×', height)"/></th>
              <td><xsl:value-of select="key('string', concat('rung-', way))"/></td>
              <xsl:call-template name="td"><xsl:with-param name="v" select="bytes div 1000000"/><xsl:with-param name="unit" select="'MB'"/></xsl:call-template>
              <td class="n">
                <xsl:value-of select="concat(bit_rate_kbps, '&#160;kbit/s')"/>
                <xsl:if test="max_kbps"><span class="of"><xsl:value-of select="concat(' (', key('string', 'at-most'), ' ', max_kbps, ')')"/></span></xsl:if>
              </td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="video">
    <xsl:variable name="v" select="$r/video"/>
    <section aria-labelledby="video">
      <h2 id="video"><xsl:value-of select="key('string', 'video')"/></h2>
      <p><xsl:value-of select="key('string', concat('way-', $v/way))"/></p>
      <xsl:if test="$v/reasons/item">
        <ul class="reasons"><xsl:for-each select="$v/reasons/item"><li><xsl:call-template name="reason"/></li></xsl:for-each></ul>
      </xsl:if>
      <xsl:if test="stills/still">
        <ol class="stills">
          <xsl:for-each select="stills/still">
            <xsl:variable name="at"><xsl:call-template name="clock"><xsl:with-param name="s" select="@at"/></xsl:call-template></xsl:variable>
            <li><img src="{.}" alt="{concat(key('string', 'still'), ' ', $at)}"/><span><xsl:value-of select="$at"/></span></li>
          </xsl:for-each>
        </ol>
      </xsl:if>
      <xsl:call-template name="rungs"/>
      <dl class="list facts">
        <xsl:if test="$v/source"><xsl:call-template name="source"/></xsl:if>
        <dt><xsl:value-of select="key('string', 'frames')"/></dt>
        <dd>
          <xsl:value-of select="$v/frames"/>
          <xsl:if test="$v/repeated &gt; 0"><xsl:value-of select="concat(', ', $v/repeated, ' ', key('string', 'repeated'))"/></xsl:if>
          <xsl:if test="$v/dropped &gt; 0"><xsl:value-of select="concat(', ', $v/dropped, ' ', key('string', 'dropped'))"/></xsl:if>
        </dd>
        <xsl:if test="$v/av_offset_ms/*">
          <dt><xsl:value-of select="key('string', 'av-offset')"/></dt>
          <dd>
            <xsl:for-each select="$v/av_offset_ms/*">
              <xsl:if test="position() &gt; 1">, </xsl:if>
              <xsl:value-of select="concat(key('string', concat('av-', name())), ' ')"/>
              <xsl:call-template name="ms"><xsl:with-param name="v" select="."/></xsl:call-template>
            </xsl:for-each>
          </dd>
        </xsl:if>
        <xsl:if test="$v/source">
          <dt><xsl:value-of select="key('string', 'looked')"/></dt>
          <dd>
            <xsl:choose>
              <xsl:when test="$v/findings/item"><ul><xsl:for-each select="$v/findings/item"><li><xsl:call-template name="seen"/></li></xsl:for-each></ul></xsl:when>
              <xsl:otherwise><span class="held">✓ </span><xsl:value-of select="key('string', 'seen-nothing')"/></xsl:otherwise>
            </xsl:choose>
          </dd>
        </xsl:if>
      </dl>
    </section>
  </xsl:template>

  <xsl:template name="recordings">
    <section aria-labelledby="recordings">
      <h2 id="recordings"><xsl:value-of select="key('string', 'recordings')"/></h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="recordings">
      <table>
        <thead>
          <tr>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'recording'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'format'"/><xsl:with-param name="class" select="'w'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'duration'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'loudness'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'peak'"/></xsl:call-template>
            <xsl:call-template name="th"><xsl:with-param name="key" select="'noise'"/></xsl:call-template>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="$r/recordings/item">
            <tr>
              <th scope="row">
                <xsl:value-of select="name"/>
                <xsl:if test="speaker"><xsl:value-of select="concat(' (', speaker, ')')"/></xsl:if>
              </th>
              <td>
                <xsl:value-of select="concat(codec, ', ', translate(sample_rate div 1000, '.', $decimal), '&#160;kHz, ')"/>
                <xsl:choose>
                  <xsl:when test="channels = 1"><xsl:value-of select="key('string', 'mono')"/></xsl:when>
                  <xsl:when test="channels = 2"><xsl:value-of select="key('string', 'stereo')"/></xsl:when>
                  <xsl:otherwise><xsl:value-of select="concat(channels, ' ', key('string', 'channels'))"/></xsl:otherwise>
                </xsl:choose>
              </td>
              <td class="n"><xsl:call-template name="time"><xsl:with-param name="v" select="length_s"/></xsl:call-template></td>
              <xsl:call-template name="td"><xsl:with-param name="v" select="integrated_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
              <xsl:call-template name="td"><xsl:with-param name="v" select="true_peak_dbtp"/><xsl:with-param name="unit" select="'dBTP'"/></xsl:call-template>
              <xsl:call-template name="td"><xsl:with-param name="v" select="noise_floor_lufs"/><xsl:with-param name="unit" select="'LUFS'"/></xsl:call-template>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
      </div>
    </section>
  </xsl:template>
</xsl:stylesheet>
