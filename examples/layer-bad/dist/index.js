const { greeting } = require("shared");

exports.handler = async () => greeting;
