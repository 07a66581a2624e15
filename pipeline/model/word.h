// SPDX-License-Identifier: GPL-3.0-or-later
// Words with a shape of their own that shows and episodes share. The node is where the word is
// written; a NULL word is fine.
#pragma once
#include "model/yaml.h"

int word_language(const char *word, const struct node *n,
                  struct err *e); // BCP 47: nb, nn, se, en-GB
int word_license(const char *word, const struct node *n, struct err *e); // like SPDX: CC-BY-4.0
int word_email(const char *word, const struct node *n, struct err *e);
int word_uuid(const char *word, const struct node *n, struct err *e); // small letters
