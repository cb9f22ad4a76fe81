compare-heading = Compare
compare-explained = Downloads of mods, projects and versions beside each other, day by day. A mod is the sum of its projects.
compare-items =
    { $count ->
        [one] { $count } thing
       *[other] { $count } things beside each other
    }
compare-without = Remove
compare-without-item = Remove { $name }
compare-add = Add to the comparison
compare-tracked = A mod or project
compare-choose = Choose
compare-mods = Mods
compare-projects = Projects
compare-version = Or a version
compare-version-shape = The address of its page on Modrinth or CurseForge.
compare-add-button = Add
compare-full = There is no room for more: remove something first.
compare-by = One row per
compare-by-day = Day
compare-by-week = Week
compare-by-month = Month
