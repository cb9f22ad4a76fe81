runs-heading = Runs
runs-heading-of = Runs of { $mod }
runs-explained = A run is one execution of the collector for one mod and one source. The newest is first.
runs-none = No runs
runs-none-yet = Nothing has been collected yet.
runs-none-older = There are none older than these.
runs-newest-first = Runs, newest first
runs-state = State
runs-mod = Mod
runs-source = Source
runs-started = Started
runs-took = Took
runs-requests = Requests
runs-received = Received
runs-projects = Projects
runs-versions = Versions
runs-rows = Rows
runs-problems = Problems
runs-complete = complete
runs-partial = partial
runs-failed = failed
runs-lost = lost
runs-running = running
runs-scheduled = scheduled { $at }
runs-retries =
    { $count ->
        [one] { $count } retry
       *[other] { $count } retries
    }
runs-pages = Pages
runs-newest = Newest
runs-older = Older
