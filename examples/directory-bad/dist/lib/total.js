exports.total = (items) => items.reduce((sum, { price }) => sum + price * 100, 0);
