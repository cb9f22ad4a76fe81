kiosk-heading = Wall screen
