const { total } = require("./lib/total.js");

exports.handler = async ({ items }) => ({ total: total(items) });
