modpacks-heading = Modpacks
modpacks-nobody-asked = Nothing is known of modpacks, and nobody asked for them so far.

# The cards.
modpacks-current = In modpacks
modpacks-containing =
    { $count ->
        [one] modpack contains it today.
       *[other] modpacks contain it today.
    }
modpacks-together = Their downloads
modpacks-as-of = together, as of { $at }
modpacks-known-of =
    { $count ->
        [one] known of { $known } of { $count } modpack
       *[other] known of { $known } of { $count } modpacks
    }
modpacks-new = New
modpacks-begun =
    { $count ->
        [one] began to contain it in the last 28 days.
       *[other] began to contain it in the last 28 days.
    }
modpacks-lost = Lost
modpacks-lost-all =
    { $count ->
        [one] contained it, and doesn’t any more.
       *[other] contained it, and don’t any more.
    }
modpacks-lost-lately = { $count } of them lost in the last 28 days
modpacks-once = Once
modpacks-in-older-versions =
    { $count ->
        [one] contained it in an older version.
       *[other] contained it in an older version.
    }
modpacks-declared = Declared
modpacks-declared-by =
    { $count ->
        [one] is declared, not verified.
       *[other] are declared, not verified.
    }
modpacks-not-known = Which modpacks contain it is not known yet.

# When packs were asked for.
modpacks-freshness = Freshness of the modpacks
modpacks-not-asked = not asked so far.
modpacks-complete = complete
modpacks-failed = failed
modpacks-partial = partial ({ $complete } of { $projects } projects complete)
modpacks-listed = { $outcome }, { $at }.
modpacks-listed-before = { $outcome }, { $at }; last complete { $complete }.
modpacks-never-listed = { $outcome }, { $at }; never complete so far.

# The form.
modpacks-search = Search
modpacks-show = Show
modpacks-show-current = contain it today
modpacks-show-new = new in 28 days
modpacks-show-lost = lost
modpacks-show-once = only in older versions
modpacks-show-declared = declared
modpacks-show-all = all
modpacks-both-platforms = both
modpacks-sort = Sort by
modpacks-order = Order
modpacks-descending = descending
modpacks-ascending = ascending
modpacks-with-downloads = only with downloads
modpacks-count =
    { $count ->
        [0] No modpack matches.
        [one] { $count } modpack
       *[other] { $count } modpacks
    }
modpacks-reset = Show those that contain it today
modpacks-show-the-rest = Show all { $count } modpacks
modpacks-on-its-platform = { $name } on { $platform }

# The largest.
modpacks-top = Largest modpacks
modpacks-top-counts = The largest of those that match, by their downloads.
modpacks-top-none = The downloads of none of them are known.

# The table.
modpacks-modpack = Modpack
modpacks-downloads = Downloads
modpacks-since-added = Since added
modpacks-since = Since
modpacks-state = State
modpacks-platform = Platform
modpacks-id = Id
modpacks-known-since = <span class="muted">known since</span> { $day }
modpacks-contains = contains it
modpacks-not-verified = declared, not verified
modpacks-contains-new = contains it, new
modpacks-no-longer = no longer
modpacks-in-an-older-version = in an older version
modpacks-in-it-since = in it since { $day }
modpacks-rules = On Modrinth a modpack contains the mod if its newest version does, on CurseForge if the website’s list names it. “Known since” says that it was there already when first asked for; “since added” counts from then. New are those that were seen to begin in the last 28 days, and not those known since. Lost are those whose newer version is without the mod, and those that were missing from two complete lists on different days; all of them, however long ago, the newest first. “Since” is the day on which a modpack became what it is.
