runs-heading = Collectes
runs-heading-of = Collectes de { $mod }
runs-explained = Une collecte est une exécution du collecteur pour un mod et une source. La plus récente est en tête.
runs-none = Aucune collecte
runs-none-yet = Rien n’a encore été collecté.
runs-none-older = Il n’y en a pas de plus anciennes.
runs-newest-first = Collectes, la plus récente en tête
runs-state = État
runs-mod = Mod
runs-source = Source
runs-started = Début
runs-took = Durée
runs-requests = Requêtes
runs-received = Reçu
runs-projects = Projets
runs-versions = Versions
runs-rows = Lignes
runs-problems = Problèmes
runs-complete = complète
runs-partial = partielle
runs-failed = échouée
runs-lost = perdue
runs-running = en cours
runs-scheduled = prévue le { $at }
runs-retries =
    { $count ->
        [one] { $count } nouvel essai
       *[other] { $count } nouveaux essais
    }
runs-pages = Pages
runs-newest = Les plus récentes
runs-older = Plus anciennes
