#!/usr/bin/env python3
"""neutral.py RESULT.json: what `audiosync analyze --json` printed, in the form that the corpus' score.py reads."""
import json
import os
import sys

clips = [dict(file=os.path.basename(c["path"]), placed=c["placed"], offset_s=c.get("start_s"), drift_ppm=c.get("drift_ppm"),
              confidence=c.get("confidence"), group=c.get("island"))
         for t in json.load(open(sys.argv[1]))["tracks"] for c in t["clips"]]
json.dump(dict(clips=clips), sys.stdout)
