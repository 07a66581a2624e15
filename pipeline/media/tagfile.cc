// SPDX-License-Identifier: GPL-3.0-or-later
// The only C++ of the program: TagLib's classes end at tagfile_write. Each format is one function
// that makes `to`; MP3 is written by hand around a rendered tag, because TagLib ignores a full
// disk.
extern "C" {
#include "base/err.h"
#include "base/fs.h"
#include "media/remux.h"
#include "media/tagfile.h"
#include "media/tagparts.h"
}
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <taglib/attachedpictureframe.h>
#include <taglib/chapterframe.h>
#include <taglib/commentsframe.h>
#include <taglib/flacpicture.h>
#include <taglib/id3v2tag.h>
#include <taglib/mp4file.h>
#include <taglib/opusfile.h>
#include <taglib/podcastframe.h>
#include <taglib/tableofcontentsframe.h>
#include <taglib/textidentificationframe.h>
#include <taglib/urllinkframe.h>
#include <taglib/xiphcomment.h>
#include <unistd.h>

namespace
{

using TagLib::ByteVector;
using TagLib::ByteVectorList;
using TagLib::String;
using TagLib::StringList;
namespace ID3v2 = TagLib::ID3v2;
namespace MP4 = TagLib::MP4;

constexpr unsigned no_offset = 0xffffffff; // a chapter is found by time alone
constexpr size_t per_table = 255;          // a table of contents counts in one byte
constexpr size_t opus_chapters = 1000;     // CHAPTER000 to CHAPTER999

String utf8(const char *s)
{
    return String(s, String::UTF8);
}

ByteVector bytes(const std::string &s)
{
    return ByteVector(s.data(), static_cast<unsigned>(s.size()));
}

unsigned milliseconds(tick t)
{
    return t < 0 ? 0 : static_cast<unsigned>(t / (TICKS_PER_SEC / 1000));
}

std::string iso639_2(const char *bcp47)
{
    char text[4];

    tagparts_language(bcp47, text);
    return text;
}

String chapter_title(const tag_chapter &c)
{
    char text[TAG_TITLE + 1];

    tagparts_title(c.title, text);
    return utf8(text);
}

struct cover : tag_cover {
    cover() : tag_cover()
    {
    }
    ~cover()
    {
        tagparts_cover_done(this);
    }
    cover(const cover &) = delete;
    cover &operator=(const cover &) = delete;

    ByteVector picture() const
    {
        return ByteVector(static_cast<const char *>(data), static_cast<unsigned>(size));
    }
    const char *type() const
    {
        return png ? "image/png" : "image/jpeg";
    }
};

// ---- MP3

class id3
{
  public:
    explicit id3(const tag_set &tags) : tags_(tags)
    {
    }
    ByteVector render(const cover &c);

  private:
    void text(const char *id, const char *value);
    void link(const char *id, const char *value);
    void words();
    void custom();
    void chapters();
    void contents(const char *id, bool top, const ByteVectorList &children);
    void picture(const cover &c);

    const tag_set &tags_;
    ID3v2::Tag tag_;
};

void id3::text(const char *id, const char *value)
{
    if (!value || !*value)
        return;
    auto *frame = new ID3v2::TextIdentificationFrame(ByteVector(id, 4), String::UTF8);
    frame->setText(utf8(value));
    tag_.addFrame(frame); // owns it
}

void id3::link(const char *id, const char *value)
{
    if (!value || !*value)
        return;
    auto *frame = new ID3v2::UrlLinkFrame(ByteVector(id, 4));
    frame->setUrl(utf8(value));
    tag_.addFrame(frame);
}

void id3::words()
{
    const std::string language = tags_.language ? iso639_2(tags_.language) : "";
    const std::string date = tags_.date ? std::string(tags_.date).substr(0, 10) : "";
    const std::string number = tags_.number > 0 ? std::to_string(tags_.number) : "";
    const std::string season = tags_.season > 0 ? std::to_string(tags_.season) : "";
    const char *comment = tags_.summary ? tags_.summary : tags_.description;
    const struct {
        const char *id, *value;
    } rows[] = {
        {"TIT2", tags_.title},        {"TALB", tags_.show},      {"TPE1", tags_.artist},
        {"TPE2", tags_.album_artist}, {"TRCK", number.c_str()},  {"TPOS", season.c_str()},
        {"TDRC", date.c_str()},       {"TDRL", date.c_str()},    {"TCON", tags_.genre},
        {"TLAN", language.c_str()},   {"TCOP", tags_.copyright}, {"TENC", tags_.encoded_by},
        {"TDES", tags_.description},  {"TCAT", tags_.category},  {"TGID", tags_.guid},
        {"WFED", tags_.feed_url}, // Apple's frame is a text in spite of its name
    };

    for (const auto &row : rows)
        text(row.id, row.value);
    link("WCOP", tags_.license_url);
    link("WOAF", tags_.page_url);
    if (tags_.page_url && *tags_.page_url) {
        auto *frame = new ID3v2::UserUrlLinkFrame(String::UTF8);
        frame->setUrl(utf8(tags_.page_url));
        tag_.addFrame(frame);
    }
    if (comment && *comment) {
        auto *frame = new ID3v2::CommentsFrame(String::UTF8);
        frame->setLanguage(bytes(language.empty() ? "und" : language));
        frame->setText(utf8(comment));
        tag_.addFrame(frame);
    }
    tag_.addFrame(new ID3v2::PodcastFrame);
}

// Two frames of one name are not allowed; one frame holds several values.
void id3::custom()
{
    for (size_t i = 0; i < tags_.num_custom; i++) {
        StringList values;
        bool first = true;
        for (size_t k = 0; k < tags_.num_custom; k++) {
            if (strcmp(tags_.custom[k].key, tags_.custom[i].key) != 0)
                continue;
            first = first && k >= i;
            values.append(utf8(tags_.custom[k].value));
        }
        if (first)
            tag_.addFrame(new ID3v2::UserTextIdentificationFrame(utf8(tags_.custom[i].key), values,
                                                                 String::UTF8));
    }
}

void id3::contents(const char *id, bool top, const ByteVectorList &children)
{
    auto *frame = new ID3v2::TableOfContentsFrame(bytes(id), children);
    frame->setIsTopLevel(top);
    frame->setIsOrdered(true);
    tag_.addFrame(frame);
}

void id3::chapters()
{
    const bool nested = tags_.num_chapters > per_table;
    ByteVectorList ids, tables;

    if (!tags_.num_chapters)
        return;
    for (size_t i = 0; i < tags_.num_chapters; i++) {
        const tag_chapter &c = tags_.chapters[i];
        const std::string id = "ch" + std::to_string(i);
        auto *frame = new ID3v2::ChapterFrame(bytes(id), milliseconds(c.start), milliseconds(c.end),
                                              no_offset, no_offset);
        auto *title = new ID3v2::TextIdentificationFrame("TIT2", String::UTF8);
        title->setText(chapter_title(c));
        frame->addEmbeddedFrame(title);
        if (c.url && *c.url) {
            auto *url = new ID3v2::UserUrlLinkFrame(String::UTF8);
            url->setDescription("chapter url");
            url->setUrl(utf8(c.url));
            frame->addEmbeddedFrame(url);
        }
        tag_.addFrame(frame);
        ids.append(bytes(id));
        if (nested && (ids.size() == per_table || i + 1 == tags_.num_chapters)) {
            const std::string table = "toc" + std::to_string(tables.size());
            contents(table.c_str(), false, ids);
            tables.append(bytes(table));
            ids.clear();
        }
    }
    contents("toc", true, nested ? tables : ids);
}

void id3::picture(const cover &c)
{
    if (!c.size)
        return;
    auto *frame = new ID3v2::AttachedPictureFrame;
    frame->setMimeType(c.type());
    frame->setType(ID3v2::AttachedPictureFrame::FrontCover);
    frame->setPicture(c.picture());
    tag_.addFrame(frame);
}

ByteVector id3::render(const cover &c)
{
    words();
    custom();
    chapters();
    picture(c);
    return tag_.render(ID3v2::v4);
}

int write_mp3(const char *from, const char *to, const tag_set &tags, const cover &c, err *e)
{
    const ByteVector tag = id3(tags).render(c);

    return tagparts_write_mp3(from, to, tag.data(), tag.size(), e);
}

// ---- what TagLib writes itself

// TagLib does not say when a write failed: the room it may need is taken beforehand.
int take_room(const char *path, const cover &c, err *e)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    const off_t more = 2 * static_cast<off_t>(c.size) + (2 << 20);
    const off_t size = lseek(fd, 0, SEEK_END);
    int r = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size + more) < 0 ? -errno : 0;
    close(fd);
    if (r == -EOPNOTSUPP || r == -ENOSYS)
        r = 0;
    return r < 0 ? err_errno(e, r, path) : 0;
}

// Gives back what take_room took too much.
int give_back(const char *path, err *e)
{
    // The sandbox lets no file be cut by its path.
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    const off_t size = lseek(fd, 0, SEEK_END);
    const int r = size < 0 || ftruncate(fd, size) < 0 ? -errno : 0;
    close(fd);
    return r < 0 ? err_errno(e, r, path) : 0;
}

// ---- Opus

void xiph_chapters(TagLib::Ogg::XiphComment &x, const tag_set &tags)
{
    for (size_t i = 0; i < tags.num_chapters && i < opus_chapters; i++) {
        const tag_chapter &c = tags.chapters[i];
        const unsigned ms = milliseconds(c.start);
        char key[16], at[32];
        snprintf(key, sizeof(key), "CHAPTER%03zu", i);
        snprintf(at, sizeof(at), "%02u:%02u:%02u.%03u", ms / 3600000, ms / 60000 % 60,
                 ms / 1000 % 60, ms % 1000);
        x.addField(key, at);
        x.addField(String(key) + "NAME", utf8(c.title ? c.title : ""));
        if (c.url && *c.url)
            x.addField(String(key) + "URL", utf8(c.url));
    }
}

void xiph_words(TagLib::Ogg::XiphComment &x, const tag_set &tags)
{
    const std::string number = tags.number > 0 ? std::to_string(tags.number) : "";
    const std::string season = tags.season > 0 ? std::to_string(tags.season) : "";
    const struct {
        const char *key, *value;
    } rows[] = {
        {"TITLE", tags.title},
        {"ALBUM", tags.show},
        {"ARTIST", tags.artist},
        {"ALBUMARTIST", tags.album_artist},
        {"TRACKNUMBER", number.c_str()},
        {"DISCNUMBER", season.c_str()},
        {"DATE", tags.date},
        {"GENRE", tags.genre},
        {"LANGUAGE", tags.language},
        {"DESCRIPTION", tags.description},
        {"COMMENT", tags.summary ? tags.summary : tags.description},
        {"COPYRIGHT", tags.copyright},
        {"LICENSE", tags.license_url},
        {"WEBSITE", tags.page_url},
        {"PODCAST", "1"},
        {"PODCASTURL", tags.feed_url},
        {"PODCASTID", tags.guid},
        {"PODCASTCATEGORY", tags.category},
        {"ENCODED-BY", tags.encoded_by},
    };

    for (const auto &row : rows) {
        if (row.value && *row.value)
            x.addField(row.key, utf8(row.value));
    }
    for (size_t i = 0; i < tags.num_custom; i++)
        x.addField(utf8(tags.custom[i].key), utf8(tags.custom[i].value), false);
}

int write_opus(const char *from, const char *to, const tag_set &tags, const cover &c, err *e)
{
    int r = fs_copy(from, to, 0644, e);
    if (r >= 0)
        r = take_room(to, c, e);
    if (r < 0)
        return r;
    {
        TagLib::Ogg::Opus::File file(to, false);
        if (!file.isValid() || !file.tag())
            return err_set(e, -EINVAL, "%s: no Opus in this Ogg file", from);
        TagLib::Ogg::XiphComment &x = *file.tag();
        x.removeAllFields();
        x.removeAllPictures();
        xiph_words(x, tags);
        xiph_chapters(x, tags);
        if (c.size) {
            auto *picture = new TagLib::FLAC::Picture;
            picture->setType(TagLib::FLAC::Picture::FrontCover);
            picture->setMimeType(c.type());
            picture->setWidth(c.width);
            picture->setHeight(c.height);
            picture->setColorDepth(24);
            picture->setData(c.picture());
            x.addPicture(picture); // owns it
        }
        if (!file.save())
            return err_set(e, -EIO, "%s: the words cannot be written", to);
    }
    return give_back(to, e);
}

// ---- M4A

void mp4_words(MP4::Tag &t, const tag_set &tags)
{
    const struct {
        const char *key, *value;
    } rows[] = {
        {"\251nam", tags.title},
        {"\251alb", tags.show},
        {"\251ART", tags.artist},
        {"aART", tags.album_artist},
        {"\251day", tags.date},
        {"\251gen", tags.genre},
        {"desc", tags.description},
        {"ldes", tags.summary ? tags.summary : tags.description},
        {"cprt", tags.copyright},
        {"purl", tags.feed_url},
        {"egid", tags.guid},
        {"catg", tags.category},
        {"\251too", tags.encoded_by},
        {"----:com.apple.iTunes:LANGUAGE", tags.language},
        {"----:com.apple.iTunes:LICENSE", tags.license_url},
        {"----:com.apple.iTunes:WEBSITE", tags.page_url},
    };

    for (const auto &row : rows) {
        if (row.value && *row.value)
            t.setItem(row.key, StringList(utf8(row.value)));
    }
    if (tags.number > 0)
        t.setItem("trkn", MP4::Item(tags.number, 0));
    if (tags.season > 0)
        t.setItem("disk", MP4::Item(tags.season, 0));
    t.setItem("pcst", MP4::Item(true));
    t.setItem("stik", MP4::Item(static_cast<unsigned char>(21)));
    for (size_t i = 0; i < tags.num_custom; i++) {
        const String key = String("----:com.apple.iTunes:") + utf8(tags.custom[i].key);
        StringList values = t.contains(key) ? t.item(key).toStringList() : StringList();
        values.append(utf8(tags.custom[i].value));
        t.setItem(key, values);
    }
}

int tag_mp4(const char *path, const tag_set &tags, const cover &c, err *e)
{
    int r = take_room(path, c, e);
    if (r < 0)
        return r;
    {
        MP4::File file(path, false);
        if (!file.isValid() || !file.tag())
            return err_set(e, -EINVAL, "%s: not an MP4 file", path);
        MP4::Tag &t = *file.tag();
        mp4_words(t, tags);
        if (c.size) {
            MP4::CoverArtList list;
            list.append(
                MP4::CoverArt(c.png ? MP4::CoverArt::PNG : MP4::CoverArt::JPEG, c.picture()));
            t.setItem("covr", list);
        }
        if (!file.save())
            return err_set(e, -EIO, "%s: the words cannot be written", path);
    }
    return give_back(path, e);
}

int write_m4a(const char *from, const char *to, const tag_set &tags, const cover &c, err *e)
{
    const std::string language = tags.language ? iso639_2(tags.language) : "";
    int r = remux_m4a(from, to, tags.chapters, tags.num_chapters,
                      language.empty() ? nullptr : language.c_str(), e);
    return r < 0 ? r : tag_mp4(to, tags, c, e);
}

// ---- which one

int write_checked(const char *from, const char *to, const tag_set &tags, err *e)
{
    static constexpr int (*writers[])(const char *, const char *, const tag_set &, const cover &,
                                      err *) = {nullptr, write_mp3, write_m4a, write_opus};
    const tag_kind kind = tagparts_kind(from);
    const bool copied = kind == TAG_MP3; // byte by byte; a tag behind it would count as a packet
    packet_sum before = {}, after = {};
    cover c;
    int r = 0;

    if (kind == TAG_NONE)
        return err_set(e, -EINVAL, "%s: neither MP3, M4A nor Opus", from);
    if (tags.cover_path)
        r = tagparts_cover(tags.cover_path, &c, e);
    if (r >= 0 && !copied)
        r = remux_sum(from, &before, e);
    if (r >= 0)
        r = writers[kind](from, to, tags, c, e);
    if (r >= 0 && !copied)
        r = remux_sum(to, &after, e);
    if (r < 0)
        return r;
    if (before.count != after.count || memcmp(before.md5, after.md5, sizeof(before.md5)) != 0)
        return err_set(e, -EIO, "%s: the sound changed while it was tagged", to);
    return 0;
}

} // namespace

int tagfile_write(const char *from, const char *to, const struct tag_set *tags, struct err *e)
{
    if (fs_exists(to))
        return err_errno(e, -EEXIST, to);
    int r;
    try {
        r = write_checked(from, to, *tags, e);
    } catch (const std::exception &x) {
        r = err_set(e, -ENOMEM, "%s: %s", to, x.what());
    }
    if (r < 0)
        unlink(to);
    return r;
}

int tagfile_add(const char *path, const struct tag_set *tags, struct err *e)
{
    cover c;
    try {
        int r = tags->cover_path ? tagparts_cover(tags->cover_path, &c, e) : 0;
        return r < 0 ? r : tag_mp4(path, *tags, c, e);
    } catch (const std::exception &x) {
        return err_set(e, -ENOMEM, "%s: %s", path, x.what());
    }
}
