history-of = History of
history-of-mod = the mod’s own projects
history-versions = Versions
history-modpacks = Modpacks
history-metric = What is counted
history-by = One row per
history-by-run = Run
history-by-day = Day
history-by-week = Week
history-by-month = Month
history-trend = Trend
history-without-trend = Without trend
history-with-trend = With trend
history-trend-of-total = Trend: { $slope } a day, by all whole days of { $days }.
history-trend-of-growth = Trend: each day brings { $slope } to the growth of the day before, by all whole days of { $days }.
history-trend-due = A trend is possible from { $day } on.
history-trend-never = There is nothing yet to see a trend in.

history-total = Today
history-as-of = { $what }, as of { $at }
history-growth = In this period
history-mean = Mean
history-per-day = { $number } a day
history-elapsed = By the time from { $from } to { $to }.
history-first-day = Known since
history-days-known =
    { $count ->
        [one] { $count } day with observations
       *[other] { $count } days with observations
    }
