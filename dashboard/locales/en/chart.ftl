chart-growth = Growth
chart-total = Total
chart-downloads = Downloads
chart-followers = Followers
chart-thumbs-up = Thumbs up
chart-versions-downloads = Downloads of versions
chart-versions = Versions
chart-in-total = { $what } in total
chart-per-run = { $what } per run
chart-per-day = { $what } per day
chart-per-week = { $what } per week
chart-per-month = { $what } per month
chart-nothing-in-range = Nothing was observed in this range.
chart-baseline-only = Growth is drawn from the second day on: the first reading is its baseline.
chart-all-platforms = all platforms
chart-all-platforms-short = All
chart-caption = { $what }, { $of }, { $days } (UTC days)
chart-description = { $summary } The table below the chart has the same data.
chart-from-to = From { $low } on { $from } to { $high } on { $to }.
chart-between = Between { $least } ({ $low }) and { $most } ({ $high }).
chart-lines-of = A line each for { $names }.
chart-nothing-known = Nothing is known.
chart-no-day-complete = No day is complete yet.

# What pointing at a day says, a line for each platform.
chart-hint = { $name }: { $growth } ({ $total } in total)
chart-hint-growth = { $name }: { $growth }
chart-hint-total = { $name }: { $total } in total
chart-hint-unknown = { $name }: not known

# Legend.
chart-key-incomplete = not complete yet
chart-key-gap = spread over a gap
chart-key-release = release
chart-key-correction = counter corrected by the platform
chart-key-baseline = first reading
chart-key-joined = project counted from here
chart-key-left = project no longer tracked
chart-key-vanished = no longer visible, or visible again
chart-key-jitter = counter fell and recovered
chart-key-import = imported numbers
chart-key-compared = growth of the compared period
chart-key-trend = trend

# Table.
chart-as-table = The same data as a table
chart-table = History as a table
chart-run = Run
chart-day = Day (UTC)
chart-week = Week (UTC)
chart-month = Month (UTC)
chart-stated-last = Stated last
chart-stated = { $name } { $value }
chart-stated-at = { $what } ({ $at })
chart-remarks = Remarks
chart-not-complete = not complete
chart-spread-over-gap = spread over a gap without observations

# Marks.
chart-released = released { $names } ({ $at })
chart-version-vanished = version no longer visible: { $names } ({ $at })
chart-version-visible-again = version visible again: { $names } ({ $at })
chart-first-reading = first reading: { $names } ({ $at })
chart-corrected = { $name }: counter corrected from { $from } to { $to } ({ $at })
chart-recovered = { $name }: counter fell from { $from } to { $to } ({ $at }) and recovered ({ $until })
chart-counted-from-here = counted from here: { $names } ({ $at })
chart-imported-from-here = imported from here, by “{ $source }”: { $names } ({ $at })
chart-collected-from-here = collected from here: { $names } ({ $at })
chart-no-longer-tracked = no longer tracked: { $names } ({ $at })
chart-no-longer-visible = no longer visible on its platform: { $names } ({ $at })

# Exploring a drawing.
chart-explore = { $what }, to explore
chart-how = Point at a day, or use the arrow keys. Drag over a range, or choose one with Shift and the arrow keys and press Enter, to see only that.

# Every reading, to zoom into.
chart-explore-open = Explore every reading
chart-explore-name = Every reading, to zoom into
chart-explore-how = Drag over a range to zoom in, click twice for all of it. Or use the arrow keys, + and −, and 0 for all of it.
chart-explore-time = Time
chart-explore-failed = The readings could not be loaded.
