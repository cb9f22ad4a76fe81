mods-heading = Mods
mods-none = Aucun mod pour l’instant
mods-none-help = Un mod apparaît ici dès sa première collecte. Pour en suivre un, décrivez-le dans un <code>TrackedMod</code> et appliquez-le : avec <code>kubectl apply -f mod.yaml</code> dans un cluster, ou avec <code>modstats serve -f mod.yaml</code> sur une seule machine.
mods-downloads = téléchargements, toutes plateformes
mods-downloads-without = téléchargements, toutes plateformes ; { $lacks }
mods-growth-later = La croissance sera connue après le premier jour complet.
