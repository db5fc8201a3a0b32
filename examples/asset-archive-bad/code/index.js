const { currency } = require("./settings.json");

exports.handler = async () => ({ currency });
