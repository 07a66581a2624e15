// SPDX-License-Identifier: GPL-3.0-or-later
// The one redactor: whatever is shown, logged or written into a state file goes through it, ours
// and the libraries'. It knows the secrets themselves, not what they might look like.
#pragma once
#include "base/str.h"

struct json;
struct redactor;
struct redactor *redactor_new(void);
void redactor_free(struct redactor *r); // NULL is fine; wipes what it knew
// The text itself, percent-encoded (each way that is usual), and as JSON would escape it. Texts of
// fewer than 4 characters are left out: they would redact half of every sentence. Any thread.
void redactor_add(struct redactor *r, const char *secret);
// base64 of "user:password" as HTTP sends it, and redactor_add of the password.
void redactor_add_login(struct redactor *r, const char *user, const char *password);
// Each secret in text becomes "[secret]", and so does what a text that was cut (str.over, a buffer
// that is full) holds of one at its end: call it before such a text is put into another. Any
// thread. r NULL: nothing.
void redact(const struct redactor *r, struct str *text);
void redact_text(const struct redactor *r, char *text, size_t size); // in place, ends with NUL
// A copy in which every text is redacted, to free. Names, numbers and the form stay, whatever a
// secret is: "true" or 1234 as a secret would break a document that is redacted as one text.
struct json *redact_json(const struct redactor *r, const struct json *j);
