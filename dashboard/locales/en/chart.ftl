chart-growth = Growth
chart-total = Total
chart-downloads-in-total = Downloads in total
chart-downloads-per-day = Downloads per day
chart-downloads-per-week = Downloads per week
chart-nothing-in-range = Nothing was observed in this range.
chart-baseline-only = Growth is drawn from the second day on: the first reading is its baseline.
chart-all-platforms = all platforms
chart-all-platforms-short = All
chart-caption = { $what }, { $of }, { $days } (UTC days)
chart-description = { $summary } The table below the chart has the same data.
chart-from-to = From { $low } on { $from } to { $high } on { $to }.
chart-between = Between { $least } ({ $low }) and { $most } ({ $high }).
chart-nothing-known = Nothing is known.
chart-no-day-complete = No day is complete yet.

# What pointing at a day says, a line for each platform.
chart-hint = { $name }: { $growth } ({ $total } in total)
chart-hint-growth = { $name }: { $growth }
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

# Table.
chart-as-table = The same data as a table
chart-table = History as a table
chart-day = Day (UTC)
chart-week = Week (UTC)
chart-remarks = Remarks
chart-not-complete = not complete
chart-spread-over-gap = spread over a gap without observations

# Marks.
chart-released = released { $names }
chart-corrected = { $name }: counter corrected from { $from } to { $to }
chart-counted-from-here = { $name }: counted from here
chart-no-longer-tracked = { $name }: no longer tracked
chart-no-longer-visible = { $name }: no longer visible on its platform

# Exploring a drawing.
chart-explore = { $what }, to explore
chart-how = Point at a day, or use the arrow keys. Drag over a range, or choose one with Shift and the arrow keys and press Enter, to see only that.

# Every reading, to zoom into.
chart-explore-open = Explore every reading
chart-explore-name = Every reading, to zoom into
chart-explore-how = Drag over a range to zoom in, click twice for all of it. Or use the arrow keys, + and −, and 0 for all of it.
chart-explore-time = Time
chart-explore-failed = The readings could not be loaded.
