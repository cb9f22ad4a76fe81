platform-counters = The downloads at the top are the counters that the platform states for whole projects.
platform-sum = The sum over versions is <strong class="sum-over-versions">{ $sum }</strong> ({ $versions }, listed { $at }): a counter of its own, which a removed version leaves and the project’s doesn’t.
platform-sum-unknown = The sum over versions is not known yet.
platform-versions =
    { $count ->
        [one] { $count } version
       *[other] { $count } versions
    }
platform-tags = A version counts fully for each of its loaders and game versions, by today’s tags; such columns don’t add up to the total.

# Cards.
platform-followers = Followers
platform-thumbs-up = Thumbs up
platform-as-of = as of { $at }
platform-published =
    { $count ->
        [0] none published, { $days }
       *[other] { $count } published, { $days }
    }
platform-gone = { $count } no longer listed
platform-newest = Newest version
platform-downloads =
    { $count ->
        [one] { $count } download
       *[other] { $count } downloads
    }
platform-age =
    { $days ->
        [0] less than a day old
        [one] { $days } day old
       *[other] { $days } days old
    }
platform-last-update = Last update: { $at }

# Versions that are ahead.
platform-top-growth = Growing most
platform-growth-counts = Growth, { $days }, and its share of what all versions grew by. A release starts from 0.
platform-top-downloads = Most downloaded
platform-downloads-counts = Downloads, and their share of the sum over the versions that are listed.
platform-top-none = No version has any.

# By game version and by loader.
platform-by = Told apart by
platform-by-game-version = Game version
platform-by-loader = Loader
platform-downloads-by-game-version = Downloads by game version
platform-downloads-by-loader = Downloads by loader
platform-caption-per-day = { $what }, per day, { $days } (UTC days). Numbers are the growth over the period; days that aren’t over are in the table only.
platform-caption-per-week = { $what }, per week, { $days } (UTC days). Numbers are the growth over the period; weeks that aren’t whole are in the table only.
platform-caption-per-month = { $what }, per month, { $days } (UTC days). Numbers are the growth over the period; months that aren’t whole are in the table only.
platform-tags-in-words = Growth, { $days }: { $tags }.
platform-untagged = none given
platform-other-tags = Not drawn:
platform-month = Month (UTC)

# When versions were published.
platform-publishing = Publish dates
platform-published-caption =
    { $count ->
        [one] { $count } version with a publish date, { $days } (UTC days)
       *[other] { $count } versions by publish date, { $days } (UTC days)
    }
platform-by-month = Versions by month
