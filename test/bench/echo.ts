import type { AddressInfo } from 'node:net';

import express from 'express';

const app = express();
app.post('/', express.json(), (request, response) => {
  response.status(202).json({ status: 'accepted', fields: Object.keys(request.body as object).length });
});
const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
