modpacks-heading = Modpacks
modpacks-not-known = Les modpacks qui le contiennent ne sont pas encore connus.
modpacks-containing =
    { $count ->
        [one] <strong class="current">{ $count }</strong> modpack le contient aujourd’hui.
       *[other] <strong class="current">{ $count }</strong> modpacks le contiennent aujourd’hui.
    }
modpacks-containing-with-downloads =
    { $count ->
        [one] <strong class="current">{ $count }</strong> modpack le contient aujourd’hui, avec <strong class="downloads">{ $downloads }</strong> téléchargements ({ $as-of }).
       *[other] <strong class="current">{ $count }</strong> modpacks le contiennent aujourd’hui, avec <strong class="downloads">{ $downloads }</strong> téléchargements en tout ({ $as-of }).
    }
modpacks-as-of = au { $at }
modpacks-as-of-without = au { $at } ; { $lacks }
modpacks-more-once =
    { $count ->
        [one] <strong class="former">{ $count }</strong> autre l’a contenu autrefois.
       *[other] <strong class="former">{ $count }</strong> autres l’ont contenu autrefois.
    }
modpacks-declared =
    { $count ->
        [one] <strong class="declared">{ $count }</strong> est déclaré, non vérifié.
       *[other] <strong class="declared">{ $count }</strong> sont déclarés, non vérifiés.
    }
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
modpacks-rules = Sur Modrinth, un modpack contient le mod si sa version la plus récente le contient ; sur CurseForge, si la liste du site le nomme. « connu depuis » signifie qu’il y était déjà lors du premier relevé ; « depuis l’ajout » compte à partir de là.
modpacks-present = Modpacks qui le contiennent
modpacks-former = Modpacks qui l’ont contenu autrefois
modpacks-summary = { $label } ({ $count })
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
modpacks-lost-on = perdu le { $day }
modpacks-once = l’a contenu autrefois
modpacks-left-out =
    { $count ->
        [one] { $count } autre a moins de téléchargements.
       *[other] { $count } autres ont moins de téléchargements.
    }
modpacks-all-as-json = Tout en JSON
modpacks-nobody-asked = Rien n’est connu des modpacks, et personne n’a encore demandé.
