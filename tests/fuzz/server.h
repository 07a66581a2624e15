// SPDX-License-Identifier: GPL-3.0-or-later
// A server on 127.0.0.1 whose every answer is the bytes of the input.
#pragma once
#include <stddef.h>
#include <stdint.h>

int fuzz_server_answers(const uint8_t *data, size_t size); // its port
