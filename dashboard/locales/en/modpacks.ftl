modpacks-heading = Modpacks
modpacks-not-known = Which modpacks contain it is not known yet.
modpacks-containing =
    { $count ->
        [one] <strong class="current">{ $count }</strong> modpack contains it today.
       *[other] <strong class="current">{ $count }</strong> modpacks contain it today.
    }
modpacks-containing-with-downloads =
    { $count ->
        [one] <strong class="current">{ $count }</strong> modpack contains it today, with <strong class="downloads">{ $downloads }</strong> downloads ({ $as-of }).
       *[other] <strong class="current">{ $count }</strong> modpacks contain it today, with <strong class="downloads">{ $downloads }</strong> downloads together ({ $as-of }).
    }
modpacks-as-of = as of { $at }
modpacks-as-of-without = as of { $at }; { $lacks }
modpacks-more-once = <strong class="former">{ $count }</strong> more contained it once.
modpacks-declared =
    { $count ->
        [one] <strong class="declared">{ $count }</strong> is declared, not verified.
       *[other] <strong class="declared">{ $count }</strong> are declared, not verified.
    }
modpacks-freshness = Freshness of the modpacks
modpacks-not-asked = not asked so far.
modpacks-complete = complete
modpacks-failed = failed
modpacks-partial = partial ({ $complete } of { $projects } projects complete)
modpacks-listed = { $outcome }, { $at }.
modpacks-listed-before = { $outcome }, { $at }; last complete { $complete }.
modpacks-never-listed = { $outcome }, { $at }; never complete so far.
modpacks-rules = On Modrinth a modpack contains the mod if its newest version does, on CurseForge if the website’s list names it. “Known since” says that it was there already when first asked for; “since added” counts from then.
modpacks-present = Modpacks that contain it
modpacks-former = Modpacks that contained it once
modpacks-summary = { $label } ({ $count })
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
modpacks-lost-on = lost on { $day }
modpacks-once = once contained it
modpacks-left-out =
    { $count ->
        [one] { $count } more has fewer downloads.
       *[other] { $count } more have fewer downloads.
    }
modpacks-all-as-json = All as JSON
modpacks-nobody-asked = Nothing is known of modpacks, and nobody asked for them so far.
