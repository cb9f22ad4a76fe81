modpacks-heading = Modpacks
modpacks-nobody-asked = Rien n’est connu des modpacks, et personne n’a encore demandé.

# Les cartes.
modpacks-current = Dans des modpacks
modpacks-containing =
    { $count ->
        [one] modpack le contient aujourd’hui.
       *[other] modpacks le contiennent aujourd’hui.
    }
modpacks-together = Leurs téléchargements
modpacks-as-of = en tout, au { $at }
modpacks-known-of =
    { $count ->
        [one] connus pour { $known } modpack sur { $count }
       *[other] connus pour { $known } modpacks sur { $count }
    }
modpacks-new = Nouveaux
modpacks-begun =
    { $count ->
        [one] a commencé à le contenir ces 28 derniers jours.
       *[other] ont commencé à le contenir ces 28 derniers jours.
    }
modpacks-lost = Perdus
modpacks-lost-all =
    { $count ->
        [one] l’a contenu et ne le contient plus.
       *[other] l’ont contenu et ne le contiennent plus.
    }
modpacks-lost-lately =
    { $count ->
        [one] dont { $count } perdu ces 28 derniers jours
       *[other] dont { $count } perdus ces 28 derniers jours
    }
modpacks-once = Autrefois
modpacks-in-older-versions =
    { $count ->
        [one] l’a contenu dans une version antérieure.
       *[other] l’ont contenu dans une version antérieure.
    }
modpacks-declared = Déclarés
modpacks-declared-by =
    { $count ->
        [one] est déclaré, non vérifié.
       *[other] sont déclarés, non vérifiés.
    }
modpacks-not-known = Les modpacks qui le contiennent ne sont pas encore connus.

# Quand on a demandé les modpacks.
modpacks-freshness = Fraîcheur des modpacks
modpacks-not-asked = pas encore de liste.
modpacks-complete = liste complète
modpacks-failed = échec
modpacks-partial =
    { $complete ->
        [one] liste partielle ({ $complete } projet complet sur { $projects })
       *[other] liste partielle ({ $complete } projets complets sur { $projects })
    }
modpacks-listed = { $outcome }, { $at }.
modpacks-listed-before = { $outcome }, { $at } ; dernière liste complète le { $complete }.
modpacks-never-listed = { $outcome }, { $at } ; jamais complète jusqu’ici.

# Le formulaire.
modpacks-search = Rechercher
modpacks-show = Afficher
modpacks-show-current = le contiennent aujourd’hui
modpacks-show-new = nouveaux en 28 jours
modpacks-show-lost = perdus
modpacks-show-once = versions antérieures seulement
modpacks-show-declared = déclarés
modpacks-show-all = tous
modpacks-both-platforms = les deux
modpacks-sort = Trier par
modpacks-order = Ordre
modpacks-descending = décroissant
modpacks-ascending = croissant
modpacks-with-downloads = seulement avec téléchargements
modpacks-count =
    { $count ->
        [0] Aucun modpack ne correspond.
        [one] { $count } modpack
       *[other] { $count } modpacks
    }
modpacks-reset = Afficher ceux qui le contiennent aujourd’hui
modpacks-show-the-rest = Afficher les { $count } modpacks
modpacks-on-its-platform = { $name } sur { $platform }

# Les plus grands.
modpacks-top = Les plus grands modpacks
modpacks-top-counts = Les plus grands de ceux qui correspondent, par leurs téléchargements.
modpacks-top-none = Les téléchargements d’aucun d’eux ne sont connus.

# Le tableau.
modpacks-modpack = Modpack
modpacks-downloads = Téléchargements
modpacks-since-added = Depuis l’ajout
modpacks-since = Depuis
modpacks-state = État
modpacks-platform = Plateforme
modpacks-id = Identifiant
modpacks-known-since = <span class="muted">connu depuis le</span> { $day }
modpacks-contains = le contient
modpacks-not-verified = déclaré, non vérifié
modpacks-contains-new = le contient, nouveau
modpacks-no-longer = plus maintenant
modpacks-in-an-older-version = dans une version antérieure
modpacks-in-it-since = l’a contenu depuis le { $day }
modpacks-rules = Sur Modrinth, un modpack contient le mod si sa version la plus récente le contient ; sur CurseForge, si la liste du site le nomme. « connu depuis » signifie qu’il y était déjà lors du premier relevé ; « depuis l’ajout » compte à partir de là. Sont nouveaux ceux que l’on a vus commencer ces 28 derniers jours, et non ceux qui sont connus depuis. Sont perdus ceux dont une version plus récente est sans le mod, et ceux qui manquaient dans deux listes complètes de jours différents ; tous, même anciens, les plus récents d’abord. « Depuis » est le jour où un modpack est devenu ce qu’il est.
