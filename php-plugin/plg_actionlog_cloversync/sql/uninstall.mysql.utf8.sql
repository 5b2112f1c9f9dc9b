DELETE FROM `#__action_logs_extensions` WHERE `extension` = 'plg_j2commerce_app_cloverpos';
