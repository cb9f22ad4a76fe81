mods-heading = Mods
mods-none = Aucun mod pour l’instant
mods-none-help = Un mod apparaît ici dès sa première collecte. Pour en suivre un, décrivez-le dans un <code>TrackedMod</code> et appliquez-le : avec <code>kubectl apply -f mod.yaml</code> dans un cluster, ou avec <code>modstats serve -f mod.yaml</code> sur une seule machine.
mods-downloads = téléchargements, toutes plateformes
mods-downloads-without = téléchargements, toutes plateformes ; { $lacks }
mods-yesterday = { $growth } hier
mods-yesterday-incomplete = { $growth } hier, pour ce qu’on en sait
mods-yesterday-from = la croissance de la veille sera connue à partir du { $day }
mods-search = Rechercher
mods-show = Afficher
mods-show-all = tous les mods
mods-show-moving = ceux qui bougent le plus
mods-show-stale = ceux qui n’avancent plus
mods-sort = Trier par
mods-sort-total = téléchargements
mods-sort-name = nom
mods-sort-yesterday = veille
mods-sort-growth = 28 derniers jours
mods-order = Ordre
mods-order-desc = décroissant
mods-order-asc = croissant
mods-apply = Appliquer
mods-all-again = Afficher tous les mods
mods-count = { $count ->
    [0] Aucun mod ne correspond.
    [one] { $count } mod
   *[other] { $count } mods
}
