mod-runs = runs
mod-kiosk = wall screen
mod-compare = compare
mod-no-data = No data yet
mod-no-data-help = Nothing of this mod has been observed so far. Its first collection is running or still to come; the lines above say when.
mod-all-platforms = All platforms
mod-downloads = downloads, as of { $at }
mod-downloads-without = downloads, as of { $at }; { $lacks }
mod-followers =
    { $count ->
        [one] { $count } follower
       *[other] { $count } followers
    }
mod-thumbs-up = { $count } thumbs up
mod-chart = Chart
mod-projects = Projects
mod-project = Project
mod-platform = Platform
mod-id = Id
mod-downloads-column = Downloads
mod-observed = Observed
mod-state = State
mod-not-yet = not yet
mod-tracked-since = tracked since { $at }
mod-left-since = no longer tracked since { $at }
mod-invisible-since = no longer visible since { $at }
mod-overview = Overview
mod-modpacks = Modpacks
mod-history = History
mod-tabs = Pages of this mod
mod-all-projects = All projects
mod-share = { $share } of all platforms’ downloads
