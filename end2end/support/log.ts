import { expect, type Locator, type Page } from '@playwright/test';

/** The list of webhooks, as a person finds things on it. */
export class Log {
  constructor(private readonly page: Page) {}

  /** Opens the list and gives the answer's status. */
  async open(query = ''): Promise<number> {
    const answer = await this.page.goto(query === '' ? '/webhooks' : `/webhooks?${query}`);
    return answer!.status();
  }

  /** The rows, without the headings between days. */
  get rows(): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('cell') });
  }

  /** The row of one webhook. */
  row(id: string): Locator {
    return this.rows.filter({ has: this.page.locator(`a[href="/webhooks/${id}"]`) }).first();
  }

  /** The ids of the webhooks that are shown, from the top. */
  ids(): Promise<string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) => row.querySelector('a[href^="/webhooks/"]')!.getAttribute('href')!.split('/').pop()!),
    );
  }

  /** A panel of the filter form. */
  async openFilter(name: string): Promise<void> {
    await this.filters.locator('summary').filter({ hasText: name }).click();
  }

  get filters(): Locator {
    return this.page.getByRole('search', { name: 'Filter webhooks' });
  }

  /** Waits until these and only these webhooks are shown, in this order. */
  async expectIds(ids: string[]): Promise<void> {
    await expect(this.rows).toHaveCount(ids.length);
    expect(await this.ids()).toEqual(ids);
  }
}
