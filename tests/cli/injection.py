# SPDX-License-Identifier: GPL-3.0-or-later
# injection.py write SHOW: makes every free text of the show's files hostile, each in its own way.
import json
import pathlib
import re
import sys

# What breaks out of XML, CDATA, HTML, JSON, YAML, a shell, printf, a filter graph, a template and a
# sentence: everything but control characters, which are refused.
EVIL = (']]> <script>alert(1)</script> & &amp; "d" \'s\' \\ %s%n $(id) `id` ; {{x}} ,[y]:=# '
        '\u202ebidi \u2066iso \u200b\u200d \U0001f469\u200d\U0001f4bb æøå')
LINK = 'https://example.org/?a=1&amp;b=(\'c;$d)'


def evil(where, most=255):
    return f'{where} {EVIL}'[:most].rstrip()


def show():
    return {
        'title': evil('show'), 'site': 'https://example.org/detgodeliv/',
        'author': evil('author'), 'artist': evil('artist'), 'copyright': evil('copyright'),
        'owner': {'name': evil('owner'), 'email': 'podkast@example.org'},
        'summary': evil('summary') + '\n\n' + evil('second paragraph'),
        'outputs': ['mp3', 'm4a', 'opus'], 'kit': True,
        'accessibility': {'known': [evil('known')]},
        'funding': {'url': LINK, 'text': evil('funding', 128)},
        'verify': [{'purpose': evil('purpose', 128), 'text': evil('code')}],
        'podroll': [{'guid': '917393e3-1b1e-5cef-ace4-edaa54e1f810', 'title': evil('podroll', 128)}],
        'calendar': 'calendar.yaml',
    }


def person(where, **more):
    return {'name': evil(where, 128), 'role': evil(where + ' role', 128), 'municipality': '1837',
            'url': LINK, **more}


def episode():
    consent = {'date': '2026-02-01', 'scopes': ['live', 'recording', 'podcast', 'facebook', 'stills', 'archive']}
    return {
        'title': evil('episode'), 'month': '@2026-02', 'number': 1,
        'published': '@2026-02-12T07:00:00Z',
        'summary': evil('about') + '\n' + evil('line'),
        'host': [person('host', consent=consent)], 'guest': [person('guest', consent=consent)],
        'captions': [{'file': 'c.nb.vtt', 'made': 'corrected'},
                     {'file': 'c.en.srt', 'language': 'en', 'made': 'corrected'}],
        'chapters': [{'at': '00:00:00', 'title': evil('one', 100)},
                     {'at': '00:00:04', 'title': 'two ' + EVIL[40:], 'url': LINK}],
        'resources': [{'kind': kind, 'title': evil(kind, 128), 'text': evil('text'), 'contact': 'kari@example.org',
                       'url': LINK, 'municipality': '1837'}
                      for kind in ('need', 'offer', 'tool')],
        'described': {'not-needed': evil('described')},
        'credits': [{'name': evil('credit', 128), 'role': 'producer', 'url': 'https://example.org/'}],
        'comments': [{'url': 'https://example.org/@dgl/1', 'account': evil('account', 128)}],
        'soundbites': [],
        'live': {'start': '@2026-03-10T10:00:00+01:00', 'watch': 'https://example.org/?a=1&b=2'},
        'waivers': [{'rule': 'captions', 'reason': evil('reason'), 'by': evil('by', 128), 'until': '2026-12-31'}],
        'kit': {'summary': evil('kit summary'), 'facts': [evil('fact')], 'questions': [evil('question')],
                'programme': [{'title': evil('programme', 80), 'minutes': 10}],
                'links': [{'title': evil('link', 80), 'url': LINK}],
                'contact': {'name': evil('contact name', 80), 'role': evil('contact role', 80),
                            'phone': '+47 75 00 00 00', 'email': 'kit@example.org'}},
    }


def calendar():
    return {'themes': [{'id': 'trivsel', 'nb': evil('tema', 80), 'nn': evil('emne', 80), 'en': evil('theme', 80),
                        'goals': [3, 8, 11]}],
            'months': [{'month': 2, 'theme': 'trivsel', 'note': evil('note')},
                       {'month': 3, 'theme': 'trivsel'}]}


NOTES = f'''# {EVIL}

<script>alert(2)</script> <img src=x onerror=alert(3)> <iframe src="//evil.example"></iframe>
<a href="javascript:alert(4)" onclick="alert(5)">raw</a> <!-- comment --> <![CDATA[ x ]]> <?php x ?>

[js](javascript:alert(6)) [JS](JaVaScRiPt:alert(7)) [tab](java&#9;script:alert(8)) [nl](java&NewLine;script:alert(9))
[entity](javascript&colon;alert(10)) [num](&#106;avascript:alert(11)) [pct](javascript%3Aalert(12))
[data](data:text/html,<script>alert(13)</script>) [vb](vbscript:msgbox(14)) [file](file:///etc/passwd)
[host](//evil.example/x) [back](\\\\\\\\evil.example/x) [mixed](/\\\\evil.example/x) [blob](blob:x) [intent](intent:x)
[space]( javascript:alert(15)) [ctrl](<\\u0001javascript:alert(16)>) ![img](javascript:alert(17))
<javascript:alert(18)> <data:text/html,x> [quote](https://example.org/"onmouseover="alert(19))
[title](https://example.org/ "t\\" onload=\\"alert(20)") [ref][r]

[r]: javascript:alert(21) "x"

[good](https://example.org/god) [mail](mailto:kari@example.org) [phone](tel:+4775000000) [near](../om/index.html) {EVIL}

`<script>code</script>` ```{EVIL}```

    <script>block</script>

| a | b |
|---|---|
| {EVIL.replace('|', '')} | <script>cell</script> |
'''

VTT = f'''WEBVTT

00:00:00.500 --> 00:00:03.000
<v Kari <script>x</script>>{EVIL.replace('-->', '')}</v>

00:00:03.500 --> 00:00:06.000
<script>alert(30)</script> &lt;b&gt; &amp; <c.x onclick=1>y</c>
'''

SRT = f'''1
00:00:00,500 --> 00:00:03,000
Kari: {EVIL}

2
00:00:03,500 --> 00:00:06,000
<font color="red" onload="x">{{\\an8}} <script>alert(31)</script></font>
'''


def yaml(value):
    """JSON is YAML, a key on a line of its own; "@" begins what stands without quotes."""
    return ''.join(f'{key}: ' + re.sub(r'"@([^"]*)"', r'\1', json.dumps(of, ensure_ascii=False)) + '\n'
                   for key, of in value.items())


def write(folder):
    root = pathlib.Path(folder) / 'episodes'
    ep = next(root.glob('2026-02*'))
    (root / 'show.yaml').write_text(yaml(show()))
    (root / 'calendar.yaml').write_text(yaml(calendar()))
    values = {k: v for k, v in episode().items() if v}
    (ep / 'episode.yaml').write_text(yaml(values))
    (ep / 'notes.md').write_text(NOTES)
    (ep / 'c.nb.vtt').write_text(VTT)
    (ep / 'c.en.srt').write_text(SRT)



# ---- readers: each prints what is wrong and adds to it

wrong = []


def want(ok, *what):
    if not ok:
        wrong.append(what)
        print(*what)


def public(folder, pattern):
    found = sorted(pathlib.Path(folder).glob(pattern))
    want(found, 'nothing to look at:', pattern)
    return found


def feeds(folder):
    import xml.etree.ElementTree as tree
    from lxml import etree
    itunes = '{http://www.itunes.com/dtds/podcast-1.0.dtd}'
    podcast = '{https://podcastindex.org/namespace/1.0}'
    content = '{http://purl.org/rss/1.0/modules/content/}encoded'
    for path in public(folder, 'public/feed.xml') + public(folder, 'public/feeds/*.xml'):
        root, again = tree.parse(path).getroot(), etree.parse(str(path), etree.XMLParser(resolve_entities=False))
        want([e.text for e in root.iter()] == [e.text for e in again.getroot().iter(etree.Element)],
             path, 'two readers differ')
        channel, item = root.find('channel'), root.find('channel/item')
        sub = path.parent.name == 'feeds'
        for where, at, text in (
                ('show', channel.find('title'), show()['title']), ('item', item.find('title'), episode()['title']),
                ('author', channel.find(itunes + 'author'), show()['author']),
                ('owner', channel.find(f'{itunes}owner/{itunes}name'), show()['owner']['name']),
                ('summary', channel.find('description'), show()['summary']),
                ('funding', channel.find(podcast + 'funding'), show()['funding']['text']),
                ('chapter', item.find('{http://podlove.org/simple-chapters}chapters')[0].get('title'),
                 episode()['chapters'][0]['title']),
                ('host', item.find(podcast + 'person'), episode()['host'][0]['name'])):
            got = at if isinstance(at, str) or at is None else at.text
            if sub and where == 'funding':
                continue
            want(got is not None and (text in got if sub and where in ('show', 'summary') else got == text),
                 path, where, 'is', got)
        apps = 'p ol ul li a strong em br'.split()
        markup(path, item.find('description').text, apps)
        markup(path, item.find(content).text, apps + 'h3 h4 code pre table thead tbody tr th td'.split())


def markup(where, html, allowed):
    """HTML of ours in a feed."""
    import html5lib
    for el in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if el.tag == 'DOCUMENT_FRAGMENT':
            continue
        want(el.tag in allowed, where, 'holds', el.tag)
        want(set(el.attrib) <= {'href', 'scope'}, where, 'holds', el.attrib)
        address(where, el.attrib.get('href', ''))


def address(where, url):
    bare = re.sub(r'[\x00-\x20\x7f]', '', url)
    scheme = re.match(r'([^/?#:]*):', bare)
    want(not scheme or scheme[1].lower() in ('http', 'https', 'mailto', 'tel'), where, 'leads to', url)
    want(bare == url and not re.match(r'[/\\]{2}', bare) and '\\' not in url, where, 'leads to', url)
    want('evil.example' not in url, where, 'leads to', url)


def pages(folder):
    import html5lib
    ours = {'player.js', 'search.js'}
    found = public(folder, 'public/**/*.html') + public(folder, 'reports/**/*.html')
    for path in found:
        root = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
        policy = [m.get('content') for m in root.iter('meta')
                  if m.get('http-equiv', '').lower() == 'content-security-policy']
        want(len(policy) == 1 and "default-src 'none'" in policy[0] and 'unsafe-eval' not in policy[0] and
             not re.search(r"script-src[^;]*'unsafe-inline'", policy[0]), path, 'has the policy', policy)
        for el in root.iter():
            if not isinstance(el.tag, str):
                want(False, path, 'has a comment', el.text)
                continue
            want(el.tag not in ('iframe', 'object', 'embed', 'base', 'applet', 'font'), path, 'holds', el.tag)
            if el.tag == 'script' and el.get('src'):
                want(pathlib.PurePath(el.get('src')).name in ours and not el.text, path, 'runs', el.attrib)
            elif el.tag == 'script':
                want(el.get('type') == 'application/ld+json', path, 'runs', el.text)
                data(path, json.loads(el.text))
            for name, value in el.attrib.items():
                want(not name.lower().startswith('on') and name.lower() != 'srcdoc', path, el.tag, name, value)
                if name in ('href', 'src', 'action', 'formaction', 'poster', 'data') and \
                        not value.startswith('data:image/jpeg;base64,'):
                    address(path, value)
    page = next(p for p in found if p.parent.parent.name == 'episodes' and p.name == 'index.html')
    root = html5lib.parse(page.read_bytes(), namespaceHTMLElements=False)
    text = words(''.join(root.itertext()))
    for part in ('title', 'summary'):
        want(words(episode()[part]) in text, page, 'lacks', part)
    head = ''.join(root.find('.//h1').itertext())
    want(words(episode()['title']) == words(head), page, 'has the h1', head)
    want(head.endswith('\u2069\u202c'), page, 'lets its h1 turn what follows')
    links = [a.get('href') for a in root.iter('a')]
    for good in ('https://example.org/god', 'mailto:kari@example.org', 'tel:+4775000000', '../om/index.html', LINK):
        want(good in links, page, 'lacks the link', good)
    want('<script>alert(2)</script>' in text and 'onclick="alert(5)"' in text, page, 'HTML of notes is no text there')


def words(text):
    return ' '.join(re.sub('[\u202a-\u202e\u2066-\u2069]', '', text).split())


def data(where, value):
    """Every hostile text is as it was written, or cut."""
    if isinstance(value, dict):
        for key, of in value.items():
            data(where, of)
    elif isinstance(value, list):
        for of in value:
            data(where, of)
    elif isinstance(value, str) and '<script>alert(1)</script>' in value:
        want(f']]> <script>alert(1)</script> & &amp; "d" \'s\'' in ' '.join(value.split()), where, 'holds', value)


def jsons(folder):
    for path in public(folder, 'public/**/*.json'):
        data(path, json.loads(path.read_text()))
    said = json.loads(next(pathlib.Path(folder).glob('public/episodes/*/oembed.json')).read_text())
    want(said['title'] == episode()['title'], 'oembed', said['title'])
    chapters = json.loads(next(pathlib.Path(folder).glob('public/episodes/*/chapters.json')).read_text())
    want([c['title'] for c in chapters['chapters']] == [c['title'] for c in episode()['chapters']], chapters)
    found = json.loads((pathlib.Path(folder) / 'public/sok/episodes.json').read_text())
    want(episode()['title'] in flat(found), 'search', found)


def flat(value):
    if isinstance(value, (dict, list)):
        for of in value.values() if isinstance(value, dict) else value:
            yield from flat(of)
    else:
        yield value


def tags(folder):
    import mutagen
    import subprocess
    where = {'.mp3': ('TIT2', 'TALB', 'TCOP', 'TPE2'), '.m4a': ('\xa9nam', '\xa9alb', 'cprt', 'aART'),
             '.opus': ('title', 'album', 'copyright', 'albumartist')}
    wanted = [episode()['title'], show()['title'], show()['copyright'], show()['artist']]
    files = [p for p in public(folder, 'public/media/*/*') if p.suffix in where]
    want(len(files) == 3, files)
    for path in files:
        of = mutagen.File(path).tags
        for key, text in zip(where[path.suffix], wanted):
            got = of[key].text[0] if path.suffix == '.mp3' else of[key][0]
            want(got == text, path, key, got)
        shown = json.loads(subprocess.run(['ffprobe', '-v', 'error', '-show_chapters', '-of', 'json', path],
                                          capture_output=True, check=True).stdout)
        want([c['tags']['title'] for c in shown['chapters']] == [c['title'] for c in episode()['chapters']],
             path, 'chapters are', shown)


def calendars(folder):
    from icalendar import Calendar
    path = pathlib.Path(folder) / 'public/calendar.ics'
    raw = path.read_bytes()
    want(all(len(line) <= 75 for line in raw.split(b'\r\n')) and b'\n' not in raw.replace(b'\r\n', b''),
         path, 'has lines that are too long, or ends of its own')
    of = Calendar.from_ical(raw)
    want(str(of['X-WR-CALNAME']) == show()['title'], path, str(of['X-WR-CALNAME']))
    known = {'UID', 'DTSTAMP', 'LAST-MODIFIED', 'SEQUENCE', 'DTSTART', 'DTEND', 'DURATION', 'SUMMARY', 'DESCRIPTION',
             'LOCATION', 'URL', 'STATUS', 'CATEGORIES', 'TRANSP'}
    events = list(of.walk('VEVENT'))
    want(len(events) > 2, path, 'events', len(events))
    for event in events:
        want(set(event) <= known and not event.subcomponents, path, 'holds', set(event) - known)
    theme = re.sub(r'([\\;,])', r'\\\1', calendar()['themes'][0]['nb'])
    want(any(episode()['title'] in e['SUMMARY'] for e in events), path, 'lacks the title')
    # this library takes "\\," for a separator, too
    want(f'\r\nCATEGORIES:{theme}\r\n' in raw.decode().replace('\r\n ', ''), path, 'lacks the theme', theme)


def names(folder):
    import zipfile
    for path in pathlib.Path(folder, 'public').rglob('*'):
        below = str(path.relative_to(folder))
        want(re.fullmatch(r'[a-zA-Z0-9._/-]+', below) and not path.is_symlink(), 'public has', below)
    for path in public(folder, 'public/kit/**/*.zip'):
        for name in zipfile.ZipFile(path).namelist():
            want(re.fullmatch(r'[a-zA-Z0-9._-]+(/[a-zA-Z0-9._-]+)*/?', name) and '..' not in name.split('/'),
                 path, 'holds', name)


def pdfs(folder):
    import subprocess
    for path in public(folder, 'public/kit/*/moteopplegg*.pdf'):
        text = subprocess.run(['pdftotext', path, '-'], capture_output=True, check=True).stdout.decode()
        for part in ('fact ]]> <script>alert(1)</script>', 'question ]]>', '%s%n $(id) `id`', 'æøå'):
            want(part in ' '.join(text.split()), path, 'lacks', part)


def subtitles(folder):
    for path in public(folder, 'public/episodes/*/*.vtt'):
        text = path.read_text()
        want(text.startswith('WEBVTT') and text.count('-->') >= 2 and '\n\n\n' not in text, path, text)
        for tag in re.findall(r'<[^>]*>', text):
            want(re.fullmatch(r'</?(v|i|b|u|c|lang)( [^<>]*)?>', tag), path, 'holds', tag)


def bag(folder):
    import tarfile
    for path in public(folder, 'exports/*.tar'):
        with tarfile.open(path) as tar:
            for member in tar:
                want(member.isfile() or member.isdir(), path, 'holds', member)
                want(not {'..', ''} & set(member.name.split('/')), path, 'holds', member.name)
            info = tar.extractfile(next(n for n in tar.getnames() if n.endswith('/bag-info.txt'))).read().decode()
            for line in info.splitlines():
                want(re.match(r'[A-Z][A-Za-z-]+: ', line), path, 'says', line)


def plain(*files):
    """What was said, as a terminal would get it; our own colours and redraws are fine."""
    for path in files:
        text = pathlib.Path(path).read_bytes().decode()
        text = re.sub(r'\033\[(?:K|0m|33m|31m|1;31m)|\r(?:\n|(?=\033\[K))|[\r\n]*$', '', text)
        found = re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]', text)
        want(text and not found, path, 'says', repr(text[max(0, found.start() - 60):][:120]) if found else 'nothing')
    sys.exit(1 if wrong else 0)


def check(folder):
    for look in (feeds, pages, jsons, tags, calendars, names, pdfs, subtitles, bag):
        look(folder)
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    {'write': write, 'check': check, 'plain': plain}[sys.argv[1]](*sys.argv[2:])
