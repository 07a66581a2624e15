#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rtsp.py PORT FILE.mp4: an RTSP server with H.264 and AAC at rtsp://127.0.0.1:PORT/camera, as cameras are. Debian's python
and its GStreamer."""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory.set_launch(f"( filesrc location={sys.argv[2]} ! qtdemux name=d d.video_0 ! queue ! rtph264pay name=pay0 pt=96 "
                   "config-interval=-1 d.audio_0 ! queue ! rtpmp4gpay name=pay1 pt=97 )")
factory.set_shared(True)
server.get_mount_points().add_factory("/camera", factory)
server.attach(None)
GLib.MainLoop().run()
