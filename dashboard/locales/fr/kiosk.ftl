kiosk-heading = Écran mural
