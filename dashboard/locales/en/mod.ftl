mod-runs = runs
mod-no-data = No data yet
mod-no-data-help = Nothing of this mod has been observed so far. Its first collection is running or still to come; the lines above say when.
mod-platforms = Platforms
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
mod-range = Range
mod-counters = The downloads above are the counters that the platforms state for whole projects.
mod-sum = The sum over versions is <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, listed { $at }): a counter of its own, which a removed version leaves and the project’s doesn’t.
mod-sum-unknown = The sum over versions is not known yet.
mod-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
mod-tags = A version counts fully for each of its loaders and game versions, by today’s tags; such columns don’t add up to the total.
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
