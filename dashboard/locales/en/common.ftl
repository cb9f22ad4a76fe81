# The page's frame.
common-skip = Skip to the content
common-sample-data = <strong>Sample data.</strong> These mods and numbers are simulated; nothing here was asked of a real platform.
common-last-known = <strong>Last known state,</strong> as it was at { $at }. { $reason }
common-main-navigation = Main
common-breadcrumbs = Path
common-mods = Mods
common-compare = Compare
common-runs = Runs
common-api = API
common-metrics = Metrics
common-days-are-utc = All days are UTC days.

# Numbers and their units, by CLDR.
common-thousands = { $number }k
common-millions = { $number }M
common-billions = { $number }B
common-trillions = { $number }T
common-bytes = { $number } B
common-kilobytes = { $number } kB
common-megabytes = { $number } MB
common-gigabytes = { $number } GB
common-terabytes = { $number } TB
common-percent = { $number }%
common-seconds = { $seconds } s
common-minutes = { $minutes } min { $seconds } s
common-hours = { $hours } h { $minutes } min

# Days and instants.
common-days = { $from } to { $to }
common-instant = { $day }, { $time } { $zone }

# Figures.
common-new = new
common-no-change = no change
common-incomplete = incomplete
common-with-correction = with a correction
common-no-data-yet = no data yet
common-without-projects =
    { $count ->
        [one] without { $count } project that is not known yet
       *[other] without { $count } projects that are not known yet
    }
common-and-more = { $first } (and { $count } more)

# The list of keys, and what a browser remembers.
common-keys = Keys of this page
common-keys-these = These keys
common-close = Close
common-escape = Esc
common-since-last-visit = <b data-visit-change></b> since your last visit
common-show = Show
common-as-a-file = As a file:
common-over-a-gap = spread over a gap
