mods-heading = Mods
mods-none = No mods yet
mods-none-help = A mod appears here with its first collection. To track one, describe it in a <code>TrackedMod</code> and apply it: with <code>kubectl apply -f mod.yaml</code> in a cluster, or with <code>modstats serve -f mod.yaml</code> on one machine.
mods-downloads = downloads, all platforms
mods-downloads-without = downloads, all platforms; { $lacks }
mods-yesterday = { $growth } yesterday
mods-yesterday-incomplete = { $growth } yesterday, as far as it is known
mods-yesterday-from = yesterday’s growth is known from { $day } on
mods-search = Search
mods-show = Show
mods-show-all = all mods
mods-show-moving = those that move most
mods-show-stale = those that stand still
mods-sort = Sort by
mods-sort-total = downloads
mods-sort-name = name
mods-sort-yesterday = yesterday
mods-sort-growth = last 28 days
mods-order = Order
mods-order-desc = descending
mods-order-asc = ascending
mods-apply = Apply
mods-all-again = Show all mods
mods-count = { $count ->
    [0] No mod matches.
    [one] { $count } mod
   *[other] { $count } mods
}
