-- Users choose by it about which entries Joomla sends them mails.
INSERT INTO `#__action_logs_extensions` (`extension`)
SELECT 'plg_j2commerce_app_cloverpos' FROM (
  SELECT COUNT(*) AS `found` FROM `#__action_logs_extensions` WHERE `extension` = 'plg_j2commerce_app_cloverpos'
) AS `x` WHERE `x`.`found` = 0;
