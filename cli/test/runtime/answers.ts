import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What AWS would answer. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers every request alike, as AWS answers where something is wrong with all of them. */
export class Answers {
  readonly #server: Server;
  /** Requests that came. */
  count = 0;

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => {
      this.count++;
      request.resume().on("end", () => response.writeHead(answer.status, answer.headers).end(answer.body));
    });
  }

  static async start(answer: Answer): Promise<Answers> {
    const answers = new Answers(answer);
    await new Promise<void>((resolve) => answers.#server.listen(0, "127.0.0.1", resolve));
    return answers;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** As Lambda's API gives an error. */
export function lambdaError(status: number, type: string, message: string): Answer {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-errortype": type },
    body: JSON.stringify({ Type: "User", message, Message: message }),
  };
}

/** As STS's API gives an error. */
export function queryError(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { "content-type": "text/xml" },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  };
}
