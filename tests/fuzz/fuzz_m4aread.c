// SPDX-License-Identifier: GPL-3.0-or-later
// An M4A as our own encoder writes it, damaged.
#include "fuzz.h"

#include "media/m4aread.h"

FUZZ(m4aread)
{
    struct err e = {0};
    struct m4aread *m;
    if (m4aread_open(fuzz_file(data, size), &m, &e) < 0) {
        fuzz_refusal(&e);
        return 0;
    }
    const uint8_t *packet;
    size_t n, all = 0;
    int r;
    while ((r = m4aread_packet(m, &packet, &n, &e)) > 0) {
        FUZZ_HOLD((all += n) <= size && n <= M4A_PACKET_MAX);
        for (size_t i = 0; i < n; i += 64)
            FUZZ_HOLD(packet[i] <= 255);
    }
    if (r < 0)
        fuzz_refusal(&e);
    FUZZ_HOLD(m4aread_track(m)->config_size <= M4A_CONFIG_MAX);
    m4aread_close(m);
    return 0;
}
