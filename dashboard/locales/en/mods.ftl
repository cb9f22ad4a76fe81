mods-heading = Mods
mods-none = No mods yet
mods-none-help = A mod appears here with its first collection. To track one, describe it in a <code>TrackedMod</code> and apply it: with <code>kubectl apply -f mod.yaml</code> in a cluster, or with <code>modstats serve -f mod.yaml</code> on one machine.
mods-downloads = downloads, all platforms
mods-downloads-without = downloads, all platforms; { $lacks }
mods-growth-later = Growth is known after the first complete day.
